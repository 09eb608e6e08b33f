"""Carry the components over into their score's row, with the sentences they were stored with; and back."""

from __future__ import annotations

from django.db import migrations

INTO = """
UPDATE creators_score s SET components = c.parts FROM (
    SELECT score_id, jsonb_agg(
        jsonb_build_array(name, value, weight, percentile, evidence,
            jsonb_build_object('sentence_en', sentence_en, 'sentence_id', sentence_id))
        ORDER BY weight DESC, name) AS parts
    FROM creators_scorecomponent GROUP BY score_id
) c WHERE c.score_id = s.id
"""
BACK = """
INSERT INTO creators_scorecomponent (score_id, name, value, weight, percentile, evidence, sentence_en, sentence_id)
SELECT s.id, left(c ->> 0, 40), (c ->> 1)::float, coalesce((c ->> 2)::float, 0), (c ->> 3)::float,
    coalesce((c ->> 4)::int, 0), coalesce(c -> 5 ->> 'sentence_en', ''), coalesce(c -> 5 ->> 'sentence_id', '')
FROM creators_score s, jsonb_array_elements(s.components) c ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("creators", "0017_score_framework")]

    operations = [migrations.RunSQL(INTO, BACK)]

"""Every order of discovery that lists offer has its index."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("creators", "0028_listening"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="discoveryrow",
            index=models.Index(
                models.OrderBy(models.F("engagement_percentile"), descending=True, nulls_last=True),
                models.OrderBy(models.F("account"), descending=True),
                name="creators_find_er_rank",
            ),
        ),
        AddIndexConcurrently(
            model_name="discoveryrow",
            index=models.Index(
                models.OrderBy(models.F("growth_30d"), descending=True, nulls_last=True),
                models.OrderBy(models.F("account"), descending=True),
                name="creators_find_growth_30d",
            ),
        ),
        AddIndexConcurrently(
            model_name="discoveryrow",
            index=models.Index(
                models.OrderBy(models.F("audience_quality"), descending=True, nulls_last=True),
                models.OrderBy(models.F("account"), descending=True),
                name="creators_find_audience",
            ),
        ),
        AddIndexConcurrently(
            model_name="discoveryrow",
            index=models.Index(
                models.OrderBy(models.F("growth"), descending=True, nulls_last=True),
                models.OrderBy(models.F("account"), descending=True),
                name="creators_find_growth",
            ),
        ),
        AddIndexConcurrently(
            model_name="discoveryrow",
            index=models.Index(
                models.OrderBy(models.F("comment_quality"), descending=True, nulls_last=True),
                models.OrderBy(models.F("account"), descending=True),
                name="creators_find_comments",
            ),
        ),
        AddIndexConcurrently(
            model_name="discoveryrow",
            index=models.Index(
                models.OrderBy(models.F("pods"), descending=True, nulls_last=True),
                models.OrderBy(models.F("account"), descending=True),
                name="creators_find_pods",
            ),
        ),
        AddIndexConcurrently(
            model_name="discoveryrow",
            index=models.Index(
                models.OrderBy(models.F("consistency"), descending=True, nulls_last=True),
                models.OrderBy(models.F("account"), descending=True),
                name="creators_find_consistency",
            ),
        ),
        AddIndexConcurrently(
            model_name="discoveryrow",
            index=models.Index(
                models.OrderBy(models.F("formats"), descending=True, nulls_last=True),
                models.OrderBy(models.F("account"), descending=True),
                name="creators_find_formats",
            ),
        ),
        AddIndexConcurrently(
            model_name="discoveryrow",
            index=models.Index(
                models.OrderBy(models.F("innovation"), descending=True, nulls_last=True),
                models.OrderBy(models.F("account"), descending=True),
                name="creators_find_innovation",
            ),
        ),
        AddIndexConcurrently(
            model_name="discoveryrow",
            index=models.Index(
                models.OrderBy(models.F("prediction"), descending=True, nulls_last=True),
                models.OrderBy(models.F("account"), descending=True),
                name="creators_find_prediction",
            ),
        ),
        AddIndexConcurrently(
            model_name="discoveryrow",
            index=models.Index(
                models.OrderBy(models.F("safety"), descending=True, nulls_last=True),
                models.OrderBy(models.F("account"), descending=True),
                name="creators_find_safety",
            ),
        ),
        AddIndexConcurrently(
            model_name="discoveryrow",
            index=models.Index(
                models.OrderBy(models.F("reliability"), descending=True, nulls_last=True),
                models.OrderBy(models.F("account"), descending=True),
                name="creators_find_reliability",
            ),
        ),
    ]

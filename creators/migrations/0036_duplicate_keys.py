"""The keys by which duplicates are found are read by index; made beside running work, for the tables may be large."""

from __future__ import annotations

import django.db.models.functions.text
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("creators", "0035_found_by_tag"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="creator",
            index=models.Index(
                models.Func(
                    models.Func(
                        models.Func(
                            models.F("phone"),
                            models.Value("[^0-9]", output_field=models.TextField()),
                            models.Value("", output_field=models.TextField()),
                            models.Value("g", output_field=models.TextField()),
                            function="regexp_replace",
                            output_field=models.TextField(),
                        ),
                        models.Value("^00", output_field=models.TextField()),
                        models.Value("", output_field=models.TextField()),
                        function="regexp_replace",
                        output_field=models.TextField(),
                    ),
                    models.Value("^0", output_field=models.TextField()),
                    models.Value("62", output_field=models.TextField()),
                    function="regexp_replace",
                    output_field=models.TextField(),
                ),
                condition=models.Q(("phone", ""), _negated=True),
                name="creators_creator_phone",
            ),
        ),
        AddIndexConcurrently(
            model_name="creator",
            index=models.Index(
                django.db.models.functions.text.Lower(
                    models.Func(
                        models.F("name"),
                        models.Value("[^[:alnum:]]+", output_field=models.TextField()),
                        models.Value(" ", output_field=models.TextField()),
                        models.Value("g", output_field=models.TextField()),
                        function="regexp_replace",
                        output_field=models.TextField(),
                    )
                ),
                name="creators_creator_plain_name",
            ),
        ),
        AddIndexConcurrently(
            model_name="creator",
            index=models.Index(
                condition=models.Q(("bio__iregex", "\\.com/")), fields=["id"], name="creators_creator_links"
            ),
        ),
        AddIndexConcurrently(
            model_name="socialaccount",
            index=models.Index(
                models.Func(
                    django.db.models.functions.text.Lower(
                        models.F("handle"), output_field=models.TextField()
                    ),
                    models.Value("[._]", output_field=models.TextField()),
                    models.Value("", output_field=models.TextField()),
                    models.Value("g", output_field=models.TextField()),
                    function="regexp_replace",
                    output_field=models.TextField(),
                ),
                name="creators_account_plain_handle",
            ),
        ),
    ]

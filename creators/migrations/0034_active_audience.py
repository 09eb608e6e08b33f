import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Who an account reached or who engaged with it: other people than its followers."""

    dependencies = [("creators", "0033_replies_and_follows")]

    operations = [
        migrations.CreateModel(
            name="ActiveAudience",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                (
                    "people",
                    models.CharField(
                        choices=[("reached", "People reached"), ("engaged", "People engaged")], max_length=8
                    ),
                ),
                ("timeframe", models.CharField(max_length=20)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("platform_authorised", "Platform, with the owner's consent"),
                            ("platform_public", "Platform, public"),
                            ("vendor_estimate", "Vendor estimate"),
                            ("manual", "Entered by hand"),
                        ],
                        max_length=20,
                    ),
                ),
                ("as_of", models.DateField()),
                ("observed_at", models.DateTimeField()),
                ("sample_size", models.BigIntegerField(blank=True, null=True)),
                ("age", models.JSONField(blank=True, default=dict)),
                ("gender", models.JSONField(blank=True, default=dict)),
                ("countries", models.JSONField(blank=True, default=dict)),
                ("cities", models.JSONField(blank=True, default=dict)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="active_audiences",
                        to="creators.socialaccount",
                    ),
                ),
            ],
            options={
                "verbose_name": "active audience",
                "verbose_name_plural": "active audiences",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "people", "timeframe", "source", "as_of"),
                        name="creators_active_audience_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("people__in", ["reached", "engaged"])),
                        name="creators_active_people",
                    ),
                ],
            },
        ),
    ]

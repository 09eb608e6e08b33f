from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    """A post may also be found because it tags an account. Checked without holding up writers."""

    dependencies = [("creators", "0034_active_audience")]

    operations = [
        migrations.AlterField(
            model_name="foundpost",
            name="found_by",
            field=models.CharField(
                choices=[
                    ("hashtag", "Hashtag"),
                    ("mention", "Mention in a post"),
                    ("comment", "Mention in a comment"),
                    ("tag", "Tag in a post"),
                ],
                max_length=8,
                verbose_name="found by",
            ),
        ),
        migrations.RemoveConstraint(model_name="foundpost", name="creators_found_by"),
        AddConstraintNotValid(
            model_name="foundpost",
            constraint=models.CheckConstraint(
                condition=models.Q(("found_by__in", ["hashtag", "mention", "comment", "tag"])),
                name="creators_found_by",
            ),
        ),
        ValidateConstraint(model_name="foundpost", name="creators_found_by"),
    ]

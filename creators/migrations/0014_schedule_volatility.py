"""How restless an account is, and since when a post of it is tracked."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("creators", "0013_custom_index")]

    operations = [
        migrations.AddField(
            model_name="accountschedule",
            name="tracked_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="accountschedule",
            name="volatility",
            field=models.FloatField(db_default=1.0, default=1.0),
        ),
        AddConstraintNotValid(
            model_name="accountschedule",
            constraint=models.CheckConstraint(
                condition=models.Q(("volatility__gte", 0.5), ("volatility__lte", 2.0)),
                name="creators_schedule_volatility",
            ),
        ),
    ]

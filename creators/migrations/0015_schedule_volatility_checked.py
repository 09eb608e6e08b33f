from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("creators", "0014_schedule_volatility")]

    operations = [ValidateConstraint(model_name="accountschedule", name="creators_schedule_volatility")]

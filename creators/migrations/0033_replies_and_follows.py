from django.db import migrations, models


class Migration(migrations.Migration):
    """Private answers to stories; followers won and lost. Nullable columns: nothing is rewritten."""

    dependencies = [("creators", "0032_safety_unacceptable")]

    operations = [
        migrations.AddField(
            model_name="accountsnapshot", name="followers_gained", field=models.BigIntegerField(null=True)
        ),
        migrations.AddField(
            model_name="accountsnapshot", name="followers_lost", field=models.BigIntegerField(null=True)
        ),
        migrations.AddField(
            model_name="post",
            name="replies",
            field=models.BigIntegerField(blank=True, null=True, verbose_name="replies"),
        ),
        migrations.AddField(
            model_name="postsnapshot", name="replies", field=models.BigIntegerField(null=True)
        ),
    ]

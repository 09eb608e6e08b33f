"""Find what one of our creators wrote under others' posts: an index by author, built beside running work."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("creators", "0026_dossiers_shares_rates")]

    operations = [
        AddIndexConcurrently(
            model_name="postcomment",
            index=models.Index(fields=["author_key"], name="creators_comment_author"),
        ),
    ]

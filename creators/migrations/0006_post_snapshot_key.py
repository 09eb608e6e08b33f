"""Post snapshots point at their post by account and id.

With the id alone, deleting one post read every month of the snapshot table; with both columns the primary key of the
snapshots finds its rows.
"""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

BOTH = """
ALTER TABLE creators_postsnapshot DROP CONSTRAINT creators_postsnapshot_post_id_fkey;
ALTER TABLE creators_postsnapshot ADD CONSTRAINT creators_postsnapshot_post_fkey
    FOREIGN KEY (account_id, post_id) REFERENCES creators_post (account_id, id) ON DELETE CASCADE;
"""
ID_ALONE = """
ALTER TABLE creators_postsnapshot DROP CONSTRAINT creators_postsnapshot_post_fkey;
ALTER TABLE creators_postsnapshot ADD CONSTRAINT creators_postsnapshot_post_id_fkey
    FOREIGN KEY (post_id) REFERENCES creators_post (id) ON DELETE CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("creators", "0005_schedule")]

    operations = [
        migrations.AddConstraint(
            model_name="post",
            constraint=models.UniqueConstraint(fields=("account", "id"), name="creators_post_of_account"),
        ),
        migrations.RunSQL(BOTH, ID_ALONE),
        migrations.AlterField(
            model_name="post",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="posts",
                to="creators.socialaccount",
            ),
        ),
    ]

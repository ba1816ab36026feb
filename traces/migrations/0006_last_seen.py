"""When the last span of a trace arrived; a trace whose root never comes is lost."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('traces', '0005_mark_echo'),
    ]

    operations = [
        migrations.AddField(
            model_name='trace',
            name='last_seen_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='When the last span arrived.'),
        ),
        migrations.AlterField(
            model_name='trace',
            name='status',
            field=models.CharField(choices=[('open', 'Open'), ('ok', 'Ok'), ('error', 'Error'), ('lost', 'Lost')], max_length=5),
        ),
    ]

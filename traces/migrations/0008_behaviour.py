"""What the agents of a trace did."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('traces', '0007_costs'),
    ]

    operations = [
        migrations.AddField(
            model_name='trace',
            name='behaviour',
            field=models.JSONField(help_text='traces.domain.behaviour.summary, without what has a column.', null=True),
        ),
        migrations.AddField(
            model_name='trace',
            name='context_peak_tokens',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='trace',
            name='context_window_tokens',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='trace',
            name='handoff_count',
            field=models.IntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name='trace',
            name='human_wait_count',
            field=models.IntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name='trace',
            name='linked_trace_ids',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_default=models.Value([], output_field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)), size=None),
        ),
        migrations.AddField(
            model_name='trace',
            name='loop_count',
            field=models.IntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name='trace',
            name='retry_wait_ns',
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name='trace',
            name='thread_id',
            field=models.TextField(null=True),
        ),
        migrations.AddIndex(
            model_name='trace',
            index=models.Index(condition=models.Q(('thread_id__isnull', False)), fields=['project_id', 'thread_id', 'start_ns'], name='trace_thread'),
        ),
    ]

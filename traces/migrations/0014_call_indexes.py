"""Costs by time look at calls that are not counted too, and some calls are looked for by themselves: those without a
cost, and those that stand alone in their trace."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('traces', '0013_estimates'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='call',
            index=models.Index(condition=models.Q(('is_lone', True)), fields=['project_id', 'input_tokens', 'output_tokens', 'start_ns'], name='call_usage_lone'),
        ),
        migrations.RemoveIndex(
            model_name='call',
            name='call_in_time',
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(fields=['project_id', 'start_ns'], name='call_in_time'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(condition=models.Q(('cost_usd', None), models.Q(('is_counted', True), ('reason', 'unmetered'), _connector='OR')), fields=['project_id', 'trace_id', 'span_id', 'start_ns'], name='call_without_cost'),
        ),
    ]

"""Running totals of agent objects: those of earlier traces are looked for by their object."""

import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('traces', '0014_call_indexes'),
    ]

    operations = [
        migrations.AddField(
            model_name='call',
            name='running_total_of',
            field=models.TextField(help_text="The agent object over all of whose turns the span's own usage is a total.", null=True),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(models.F('project_id'), models.F('running_total_of'), django.db.models.expressions.CombinedExpression(models.F('start_ns'), '+', models.F('duration_ns')), models.F('span_id'), condition=models.Q(('running_total_of__isnull', False)), name='call_total'),
        ),
    ]

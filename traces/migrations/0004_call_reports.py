"""What tells that spans of two traces report one model call."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('traces', '0003_span_details'),
    ]

    operations = [
        migrations.AddField(
            model_name='call',
            name='is_lone',
            field=models.BooleanField(db_default=False, help_text='Its whole tree is a model call: nobody says who called.'),
        ),
        migrations.AddField(
            model_name='call',
            name='response_id',
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name='call',
            name='same_as_span_id',
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name='call',
            name='same_as_trace_id',
            field=models.BinaryField(null=True),
        ),
        migrations.AlterField(
            model_name='call',
            name='reason',
            field=models.TextField(help_text='Why it is counted or not; a word of traces.domain.call_reports.Reason.'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(condition=models.Q(('response_id__isnull', False)), fields=['project_id', 'response_id'], name='call_response'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(condition=models.Q(('input_tokens__isnull', False)), fields=['project_id', 'input_tokens', 'output_tokens', 'start_ns'], name='call_usage'),
        ),
    ]

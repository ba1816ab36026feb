"""How much the spans of each trace tell, and an index over the usage that no convention knows."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('traces', '0010_remapping'),
    ]

    operations = [
        migrations.AddField(
            model_name='trace',
            name='completeness',
            field=models.SmallIntegerField(help_text='How much the spans tell, in percent: traces.domain.completeness.', null=True),
        ),
        migrations.AddField(
            model_name='trace',
            name='gaps',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_default=models.Value([], output_field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)), help_text='Codes of the checks that found something missing.', size=None),
        ),
        migrations.RunSQL(
            "CREATE INDEX traces_span_unknown_usage ON traces_span (project_id, start_ns)"
            " WHERE details ? 'unknown_usage'",
            "DROP INDEX traces_span_unknown_usage",
        ),
    ]

"""How far the reading of stored spans with a newer mapping is."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0004_counts_reported_cost'),
        ('traces', '0009_call_terms'),
    ]

    operations = [
        migrations.CreateModel(
            name='Remapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('seen_count', models.BigIntegerField(default=0)),
                ('changed_count', models.BigIntegerField(default=0)),
                ('trace_id', models.BinaryField(default=b'')),
                ('span_id', models.BinaryField(default=b'')),
                ('start_ns', models.BigIntegerField(default=0)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='remappings', to='projects.project')),
            ],
            options={
                'ordering': ['-started_at'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('finished_at', None)), fields=('project',), name='one_remapping_at_a_time')],
            },
        ),
    ]

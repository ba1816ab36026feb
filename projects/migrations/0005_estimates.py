"""Whether a project wants estimates of calls that report no usage."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0004_counts_reported_cost'),
    ]

    operations = [
        migrations.AddField(
            model_name='project',
            name='estimates_unmetered',
            field=models.BooleanField(db_default=False, default=False, help_text='Model calls that report no usage get an estimate by their text. It stands beside the cost, marked, and is in no total.', verbose_name='estimate calls without usage'),
        ),
    ]

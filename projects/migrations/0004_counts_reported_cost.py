"""Whether a project counts the cost that exporters send."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0003_lost_after'),
    ]

    operations = [
        migrations.AddField(
            model_name='project',
            name='counts_reported_cost',
            field=models.BooleanField(db_default=False, default=False, help_text='Where an exporter sends a cost of its own, it is counted instead of the one by price lists.', verbose_name="count the exporter's cost"),
        ),
    ]

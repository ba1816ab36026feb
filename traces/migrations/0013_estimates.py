"""What unmetered calls may have cost, by their text."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('traces', '0012_calls_of_one_id'),
    ]

    operations = [
        migrations.AddField(
            model_name='call',
            name='estimated_usd',
            field=models.DecimalField(decimal_places=18, max_digits=38, null=True),
        ),
        migrations.AddField(
            model_name='trace',
            name='estimated_call_count',
            field=models.IntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name='trace',
            name='estimated_usd',
            field=models.DecimalField(decimal_places=18, help_text='Of unmetered calls, by their text; in no total.', max_digits=38, null=True),
        ),
        migrations.AlterField(
            model_name='call',
            name='price',
            field=models.JSONField(help_text='How the cost or the estimate came about: traces.services.summary_rows.price_json.', null=True),
        ),
    ]

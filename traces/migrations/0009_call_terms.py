"""What the price of a call depends on besides its model, time and usage."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('traces', '0008_behaviour'),
    ]

    operations = [
        migrations.AddField(
            model_name='call',
            name='terms',
            field=models.JSONField(help_text='What else its price depends on: traces.domain.pricing.price_terms.', null=True),
        ),
    ]

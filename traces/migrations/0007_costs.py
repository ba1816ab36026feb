"""How costs come about: own prices, aliases, repricings, and what exporters and failures say."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0004_counts_reported_cost'),
        ('traces', '0006_last_seen'),
    ]

    operations = [
        migrations.AddField(
            model_name='call',
            name='billing',
            field=models.TextField(help_text='Of a failed call: a word of traces.domain.failures.Billing.', null=True),
        ),
        migrations.AddField(
            model_name='call',
            name='price',
            field=models.JSONField(help_text='How the cost came about: traces.services.summary_rows.price_json.', null=True),
        ),
        migrations.AddField(
            model_name='call',
            name='reported_cost_usd',
            field=models.DecimalField(decimal_places=18, max_digits=38, null=True),
        ),
        migrations.AddField(
            model_name='trace',
            name='failed_call_count',
            field=models.IntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name='trace',
            name='maybe_billed_call_count',
            field=models.IntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name='trace',
            name='reported_cost_usd',
            field=models.DecimalField(decimal_places=18, max_digits=38, null=True),
        ),
        migrations.AddField(
            model_name='trace',
            name='saved_usd',
            field=models.DecimalField(decimal_places=18, max_digits=38, null=True),
        ),
        migrations.AddField(
            model_name='trace',
            name='time_to_first_token_ns',
            field=models.BigIntegerField(null=True),
        ),
        migrations.CreateModel(
            name='Repricing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('made_at', models.DateTimeField()),
                ('made_by', models.CharField(max_length=150)),
                ('reason', models.CharField(max_length=300)),
                ('call_count', models.IntegerField(help_text='Calls whose cost changed.')),
                ('trace_count', models.IntegerField(help_text='Traces whose cost changed.')),
                ('before_usd', models.DecimalField(decimal_places=18, max_digits=38)),
                ('after_usd', models.DecimalField(decimal_places=18, max_digits=38)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='repricings', to='projects.project')),
            ],
            options={
                'ordering': ['-made_at'],
            },
        ),
        migrations.CreateModel(
            name='ModelAlias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='The name that spans give.', max_length=200)),
                ('model', models.CharField(help_text='The model that it stands for, as its provider calls it: gpt-4o.', max_length=200)),
                ('provider', models.CharField(blank=True, help_text="Who serves it, in the GenAI convention's name: azure.ai.openai.", max_length=100)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='model_aliases', to='projects.project')),
            ],
            options={
                'verbose_name': 'model alias',
                'verbose_name_plural': 'model aliases',
                'ordering': ['project', 'name'],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), models.F('project'), name='model_alias_once')],
            },
        ),
        migrations.CreateModel(
            name='OwnPrice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.CharField(help_text="The model's name as spans give it, or a pattern: gpt-4o*, our-deployment.", max_length=200)),
                ('provider', models.CharField(blank=True, help_text="Only of this provider, in the GenAI convention's name; empty: of any.", max_length=100)),
                ('valid_from', models.DateTimeField(blank=True, help_text='For calls from then on; empty: from ever.', null=True)),
                ('valid_until', models.DateTimeField(blank=True, help_text='For calls before then; empty: for good.', null=True)),
                ('input_usd', models.DecimalField(blank=True, decimal_places=10, help_text='US dollars for a million tokens.', max_digits=20, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='input')),
                ('cache_read_usd', models.DecimalField(blank=True, decimal_places=10, help_text='US dollars for a million tokens read from a cache; empty: as input.', max_digits=20, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='cached input')),
                ('cache_write_usd', models.DecimalField(blank=True, decimal_places=10, help_text='US dollars for a million tokens; empty: as input.', max_digits=20, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='input written to a cache')),
                ('output_usd', models.DecimalField(blank=True, decimal_places=10, help_text='US dollars for a million tokens.', max_digits=20, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='output')),
                ('request_usd', models.DecimalField(blank=True, decimal_places=10, help_text='US dollars for each request.', max_digits=20, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='request')),
                ('second_usd', models.DecimalField(blank=True, decimal_places=10, help_text='US dollars for each second begun.', max_digits=20, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='second')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='own_prices', to='projects.project')),
            ],
            options={
                'verbose_name': 'own price',
                'ordering': ['project', 'model', '-valid_from'],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_from', None), ('valid_until', None), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='own_price_validity', violation_error_message='The price must become valid before it ends.')],
            },
        ),
    ]

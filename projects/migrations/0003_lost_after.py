"""How long a project waits for a trace of which nothing is heard."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0002_sign_in_token'),
    ]

    operations = [
        migrations.AddField(
            model_name='project',
            name='lost_after_ns',
            field=models.BigIntegerField(db_default=1800000000000, default=1800000000000, help_text='Nanoseconds without a new span after which an open trace is closed: its root will not come.', validators=[django.core.validators.MinValueValidator(1)], verbose_name='silence after which a trace is lost'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('lost_after_ns__gt', 0)), name='project_lost_after_positive'),
        ),
    ]

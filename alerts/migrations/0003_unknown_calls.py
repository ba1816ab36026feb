"""How many calls a value does not have in it, where it was known only that there are some."""

from django.db import migrations, models

HELP_TEXT = "Model calls whose cost is not in the value: it is a lower bound."


class Migration(migrations.Migration):

    dependencies = [
        ('alerts', '0002_rule_is_called_threshold'),
    ]

    operations = [
        operation
        for model in ('incident', 'transition')
        for operation in (
            migrations.RenameField(model, 'is_lower_bound', 'unknown_call_count'),
            migrations.AlterField(
                model, 'unknown_call_count', models.PositiveIntegerField(default=0, help_text=HELP_TEXT)
            ),
        )
    ]

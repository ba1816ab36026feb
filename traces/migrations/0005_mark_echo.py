"""Marks that traces make of one another, where they tell of the same model calls."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("traces", "0004_call_reports")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE traces_mark ADD COLUMN is_echo boolean NOT NULL DEFAULT false",
            "ALTER TABLE traces_mark DROP COLUMN is_echo",
        ),
    ]

"""What few spans carry (traces.semconv.details), in one column that costs nothing where it is null."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("traces", "0002_span_table")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE traces_span ADD COLUMN details jsonb",
            "ALTER TABLE traces_span DROP COLUMN details",
        ),
    ]

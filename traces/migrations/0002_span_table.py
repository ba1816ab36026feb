"""The partitioned span table and the marks, which Django's schema editor cannot describe."""

from django.db import migrations

from traces.sql import load_sql


class Migration(migrations.Migration):
    dependencies = [("traces", "0001_initial")]

    operations = [
        migrations.RunSQL(
            load_sql("span_table"), "DROP TABLE traces_span; DROP TABLE traces_mark;"
        ),
    ]

"""Two spans of one id may both be model calls: a call is known by its start too, as its span is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("traces", "0011_completeness")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE traces_call DROP CONSTRAINT traces_call_pkey,"
                    " ADD CONSTRAINT traces_call_pkey PRIMARY KEY (project_id, trace_id, span_id, start_ns)",
                    "ALTER TABLE traces_call DROP CONSTRAINT traces_call_pkey,"
                    " ADD CONSTRAINT traces_call_pkey PRIMARY KEY (project_id, trace_id, span_id)",
                )
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="call",
                    name="pk",
                    field=models.CompositePrimaryKey(
                        "project_id",
                        "trace_id",
                        "span_id",
                        "start_ns",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                )
            ],
        ),
    ]

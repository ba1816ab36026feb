"""The span store. No other app names these tables.

Every key begins with the project and carries the trace id, the column by which Citus would distribute
the tables: no unique key and no query of the hot path needs more than one shard.
"""

from traces.models.prices import ModelAlias, OwnPrice, Repricing
from traces.models.spans import Mark, Origin, Remapping, Span
from traces.models.summaries import Call, Trace

__all__ = ["Call", "Mark", "ModelAlias", "Origin", "OwnPrice", "Remapping", "Repricing", "Span", "Trace"]

"""Ways to reach people: one file a kind, each a Kind. To add one: write the file, add its line here."""

from alerts.channels.email import EMAIL
from alerts.channels.kind import Kind
from alerts.channels.webhook import WEBHOOK

KINDS: dict[str, Kind] = {kind.key: kind for kind in (EMAIL, WEBHOOK)}

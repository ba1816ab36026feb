"""A worker lets the collector look less often."""

import subprocess
import sys

PROGRAM = """
import gc
from core.garbage import collect_rarely
before = gc.get_threshold()[0]
collect_rarely()
print(gc.get_threshold()[0] > before, gc.get_freeze_count() > 0)
"""


def test_the_collector_looks_less_often_and_not_at_what_is_loaded():
    told = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["True", "True"]

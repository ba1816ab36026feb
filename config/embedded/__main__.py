"""`python -m config.embedded`: run a whole installation on this machine, in the foreground."""

import os
import sys

from config.embedded.supervisor import run

if __name__ == "__main__":
    sys.exit(run(dict(os.environ)))

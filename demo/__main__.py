"""`python -m demo`: send history, then run live."""

import os
import sys

from demo.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], environment=os.environ))

#!/usr/bin/env python
"""Django's command line with Lineside's settings."""

import os
import sys

from config.embedded.run_env import run_env_apply


def main() -> None:
    """Run a command; against the installation that `make run` has on this machine, unless told of another."""
    run_env_apply(os.environ)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

"""What can keep an installation from starting."""


class StartError(Exception):
    """The installation cannot start. The text is one sentence for the person at the terminal."""

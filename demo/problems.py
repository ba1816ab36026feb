"""What can keep the demo from running."""


class DemoError(Exception):
    """The demo cannot go on. The text is one sentence for the person at the terminal."""

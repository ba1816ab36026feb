"""The one-machine installation: a supervisor, and Postgres and Redis from wheels.

Nothing here imports Django's settings: the supervisor makes the environment that they are read from.
"""

"""The programs, one a module; registry.py has them all."""

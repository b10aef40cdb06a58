"""The command ``shoal``: what each of its commands takes, and what it does. The door is ``switch/__main__.py``."""

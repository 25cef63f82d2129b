"""How the notebooks of a build run: side by side, each in a process of its own, and with a record of what they read."""

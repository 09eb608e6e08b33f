"""Pulling figures from the platforms: who is due, the pull itself, and what follows from its outcome.

`schedule` is the due table, `session` one pull's connection to a platform, `runner` ties them together.
"""

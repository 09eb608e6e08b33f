"""Creators beside what a brand looks for: how well they fit (`fit`) and what a piece should cost (`prices`).

Both are internal: nothing here is shown to clients or in the portal.
"""

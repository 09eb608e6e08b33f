"""Finding creators among a million: the search table and who keeps it, filters, words, lookalikes, overlap, segments.

It stands on the models and verbs of this room and on nothing above it; rooms above register what they know.
Public verbs are in `table`, `search`, `segments`, `words`, `similar`, `overlap` and `clients`.
"""

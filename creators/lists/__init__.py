"""Lists scored without a campaign or an account: a CSV in, a CSV out, the same functions as the pipeline.

`table` reads columns under any of their usual names and cells as people write them; `followers` and `growth` judge.
Rows stream; what cannot be read is named by row and column, and the rest is still scored.
"""

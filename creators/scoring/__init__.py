"""Pure functions from data frames to scores; they import no Django and read no database.

`figures` turns accounts, posts and snapshots into one row an account; `peers` says what is usual at that size;
`engagement`, `growth` and `authenticity` judge. Weights are judgement: no ground truth exists for them.
"""

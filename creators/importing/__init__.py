"""Lists of creators from CSV, XLSX or pasted handles: read, map, check, stage, and swap in at once.

`uploads` has the verbs (receive, paste, configure, start), `run` the work; `parsing`, `numbers`, `names` and
`rows` turn what people wrote into values, or into an error that says the fix.
"""

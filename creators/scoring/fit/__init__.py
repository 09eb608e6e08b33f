"""How the shipped parameters are fitted and graded: run by hand, never while scoring. Only open (GREEN) sets fit.

`manage.py fit_followers` and `manage.py fit_comments` write `creators/scoring/params/`; data is read from
`../shared/data/`. Cross-validation of any set with the same algorithm is here too; benchmarks print it.
"""

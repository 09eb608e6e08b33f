"""X: users a hundred a call and newest posts, bought within a monthly budget that is off until somebody sets it.

Contract: X API v2 (OpenAPI 2.167, as PyPI `xdk` 0.10.6 has it). Fake: `krm/local/sandbox/x.py`.
"""

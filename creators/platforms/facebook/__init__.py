"""Facebook Pages: what anybody sees with Page Public Content Access, insights where the Page's owner consented.

Contract: Graph API v26.0 (Meta, 2026); names that Meta retired are read where an old answer has them, never asked for.
Fake: `krm/local/sandbox/facebook.py`.
"""

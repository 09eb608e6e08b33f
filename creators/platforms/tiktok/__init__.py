"""TikTok: the Display API, and the Business Accounts API where the owner consented to it.

There is no machine description of either; everything is from documents. Fake: `krm/local/sandbox/tiktok.py`.
"""

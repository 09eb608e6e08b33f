"""HypeAuditor: audience quality reports for Instagram, TikTok, YouTube and X; asynchronous, and each costs a credit.

Contract: HypeAuditor's documents, API v2 (2026). There is no description and no client to test against. Fake:
`krm/local/sandbox/vendors.py`.
"""

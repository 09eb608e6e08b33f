"""Modash: audience reports for Instagram, TikTok and YouTube; each costs a credit, a cached one within seven days none.

Contract: Modash's documents, API v1 (2026). There is no description and no client to test against. Fake:
`krm/local/sandbox/vendors.py`.
"""

"""Instagram: Business Discovery for public professional accounts, insights where the owner consented.

Contract: Graph API v26.0 (Meta, 2026), field lists of facebook-business 26.0.3. Fake: `krm/local/sandbox/instagram.py`.
"""

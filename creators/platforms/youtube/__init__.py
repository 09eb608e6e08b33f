"""YouTube: Data API v3 with an API key, fifty channels or videos a call.

Contract: discovery document revision 20261104 of google-api-python-client. Fake: `krm/local/sandbox/youtube.py`.
"""

"""The sandbox network: Instagram, TikTok and YouTube as a separate HTTP process, for a laptop, a demo and tests.

`world` is a generated world of demo creators, a pure function of account and time; `replay` serves real monthly
figures where that folder is present.  The application is `app.Sandbox`; start it with `python -m krm.local.sandbox`.
It uses no Django.
"""

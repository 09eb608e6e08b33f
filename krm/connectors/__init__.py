"""Talking to other systems: HTTP client, credential vault, rate budgets, raw archive and inbound webhooks.

May import krm.events, krm.accounts, krm.money and krm.errors; never krm.web, krm.api or a room (its own pages and
task wrappers excepted).  Public verbs: `vault.encrypt/decrypt/blind_index`, `http.client()`,
`budgets.reserve/commit/observe`, `credentials.save/refreshed/revoke`, `archive.keep`, `inbox.receive`.
"""

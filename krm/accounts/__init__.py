"""Who logs in: users, roles, brand teams, invitations, API keys; what each may see and do.

It may import `krm.money`, `krm.errors` and `krm.queueing` only (its pages in `web/` also use `krm.web`).
Verbs: `people.*`, `teams.*`, `invitations.*`, `links.*`, `sessions.*`, `apikeys.*`, `stepup.require_recent_login`.
"""

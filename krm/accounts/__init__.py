"""Who logs in: users, roles, brand teams, invitations, API keys; what each may see and do."""

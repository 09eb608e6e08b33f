"""Who: people, accounts, metrics, scores, discovery."""

"""What a laptop needs: embedded PostgreSQL and Redis, demo data, the sandbox network."""

"""Whole paths through the product, as its people walk them: a browser, the server, a worker with its scheduler, the
sandbox network, PostgreSQL and Redis. One file a path; `world.py` sets up where each begins."""

"""One package per platform: client (requests, classification), schema (answers to readings), config (settings form).

`registry.connector(platform)` finds one. Adding a platform is a package and a line there.
"""

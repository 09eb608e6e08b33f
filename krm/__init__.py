"""KRM: the project and the ground floor every room stands on.

`settings`, `urls`, `celery`, `asgi` and `wsgi` are the roof: they wire everything and nothing imports them.
The packages beside them (accounts, events, connectors, money, web, api) are what every room may use.
"""

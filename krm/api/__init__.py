"""REST furniture: routing, keyset pagination, problems, idempotency, ETags, throttling, keys, schema.

Owns everything under `/api/`; may import every other ground-floor package (only `krm.local` stands above it).
Rooms use `krm.api.viewsets` (ReadViewSet, WriteViewSet, action) and `krm.api.router.register`.
"""

"""REST furniture: routing, pagination, errors, idempotency, throttling, schema."""

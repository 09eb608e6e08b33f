"""How quick KRM is. `make bench` runs all of it; see docs/performance.md."""

"""How hard the properties are tried: 100 examples, or 2,000 with KRM_HYPOTHESIS=deep."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("krm", max_examples=100, deadline=None)
settings.register_profile("deep", max_examples=2_000, deadline=None)
settings.load_profile(os.environ.get("KRM_HYPOTHESIS", "krm"))

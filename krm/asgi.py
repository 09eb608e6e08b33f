"""The ASGI entry point."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "krm.settings")
django.setup(set_prefix=False)

from krm.operations.asgi import WarmHandler  # noqa: E402

application = WarmHandler()

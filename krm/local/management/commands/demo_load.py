"""Make the demo agency."""

from __future__ import annotations

from typing import Any

from celery import current_app
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from krm.accounts.models import User
from krm.local.demo.load import load
from krm.local.paths import LOCAL
from krm.local.sandbox.state import State


class Command(BaseCommand):
    help = "Make the demo agency: invented people, creators, brands and campaigns, all marked as demo."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there is a user already")

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.exists():
            if options["if_empty"]:
                return
            if User.objects.filter(is_demo=True).exists():
                raise CommandError("The demo agency is there already. Remove it first: manage.py demo_remove")
        current_app.conf.broker_url = (  # type: ignore[misc]
            "memory://"  # what the verbs would queue is done by the periodic tasks later
        )
        with transaction.atomic():
            load(State.open(LOCAL / "sandbox.json"), lambda text: self.stdout.write(f"demo agency: {text}"))
        self.stdout.write("demo agency: ready")

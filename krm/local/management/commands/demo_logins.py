"""Print the logins of the demo agency."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from krm.accounts.models import User
from krm.local.demo import LOGINS, PASSWORD


class Command(BaseCommand):
    help = "Print the logins of the demo agency."

    def handle(self, *args: Any, **options: Any) -> None:
        there = dict(User.objects.filter(is_demo=True).values_list("email", "role"))
        rows = [login for login in LOGINS if login.email in there]
        if not rows:
            return
        self.stdout.write(f"Demo logins, all with the password {PASSWORD}:")
        for login in rows:
            self.stdout.write(f"  {login.email:<32} {User(role=login.role).get_role_display()}")

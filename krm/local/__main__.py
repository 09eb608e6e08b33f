"""`python -m krm.local`: the servers and programs of a developer's machine."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
import sys

from krm.local.paths import LOCAL, ROOT, Failure
from krm.local.services import PROFILES, Services


def parser() -> argparse.ArgumentParser:
    main = argparse.ArgumentParser(prog="python -m krm.local", description=__doc__)
    commands = main.add_subparsers(dest="command", required=True)
    for name, text in (
        ("up", "start PostgreSQL and Redis and leave them running"),
        ("down", "stop what `up` left running"),
        ("status", "say what runs"),
        ("env", 'print DATABASE_URL and REDIS_URL for a shell: eval "$(python -m krm.local env)"'),
        ("run", "everything: servers, web, workers, scheduler, sandbox"),
        ("test", "the test suite against servers of its own; further words go to pytest"),
        ("with", "run one command with the servers up: python -m krm.local with manage.py shell"),
        ("reset", "delete the local agency: database, queue, uploaded files, mail"),
    ):
        sub = commands.add_parser(name, help=text, description=text)
        sub.add_argument("--profile", choices=PROFILES, default="run")
    return main


def with_servers(services: Services, command: list[str]) -> int:
    if not command:
        raise Failure("Say what to run: python -m krm.local with -- manage.py shell")
    if command[0].endswith(".py") or command[0].startswith("-"):
        command = [sys.executable, *command]
    elif shutil.which(command[0]) is None:
        raise Failure(f"There is no program {command[0]}.")
    try:
        env = dict(os.environ, **services.start())
        env.setdefault("DJANGO_SETTINGS_MODULE", "krm.settings")
        return subprocess.call(command, cwd=ROOT, env=env)
    except KeyboardInterrupt:
        return 130
    finally:
        services.release()


def reset(services: Services) -> None:
    if services.external_database:
        raise Failure(
            "DATABASE_URL names a server outside this folder; `make reset` deletes only the local one. "
            "Unset DATABASE_URL, or empty that database yourself."
        )
    services.remove()
    for name in ("media", "mail"):
        shutil.rmtree(LOCAL / name, ignore_errors=True)


def main(arguments: list[str]) -> int:
    options, rest = parser().parse_known_args(arguments)
    services = Services(options.profile)
    if options.command == "run":
        from krm.local.supervisor import Supervisor

        return Supervisor(services).run()
    if options.command == "test":
        from krm.local import testing

        return testing.run([part for part in rest if part != "--"])
    if options.command == "with":
        return with_servers(services, [part for part in rest if part != "--"])
    if rest:
        raise Failure(f"`{options.command}` does not know {' '.join(rest)}.")
    if options.command == "up":
        services.start(stay=True)
    elif options.command == "down":
        services.down()
    elif options.command == "reset":
        reset(services)
        print("The local agency is deleted; `make run` makes a new one.")
        return 0
    elif options.command == "env":
        for name, value in services.environment().items():
            if not value:
                raise Failure("The servers were never started here; do `python -m krm.local up` first.")
            print(f"export {name}={shlex.quote(value)}")
        return 0
    for name, text in services.status():
        print(f"{name}: {text}")
    return 0


if __name__ == "__main__":
    try:
        code = main(sys.argv[1:])
    except Failure as failure:
        print(f"krm: {failure}", file=sys.stderr)
        code = 1
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)

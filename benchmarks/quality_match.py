"""How good: forecasts of the next post on three public sets, likeness of pages by the terms fit uses (MUSAE).

    python -m benchmarks quality_match

Needs `../shared/data`. The forecast is fitted on vtuber_id_2022 only (what ships); Instagram and YouTube sets grade it.
MUSAE grades the kind of likeness that fit and look-alikes use (TF-IDF cosine beside overlap); nothing of it ships.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.quality import Row  # noqa: E402
from creators.scoring import brand_fit  # noqa: E402
from creators.scoring.prediction import history, model  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
SEED = 20260222
MEASURED: list[Row] = []


def row(name: str, ours: str, baseline: str, target: str, met: bool) -> None:
    print(f"{name:<46} {ours:>26}  {baseline:>26}  {target:>20}  {'met' if met else 'MISSED'}")


def rows() -> list[Row]:
    """For the table of `benchmarks/quality.py`."""
    MEASURED.clear()
    forecasts()
    likeness()
    return list(MEASURED)


def three(
    name: str,
    ours: tuple[float, float, float],
    plain: tuple[float, float, float],
    asked: tuple[str | None, ...],
) -> None:
    for number, measure in enumerate(("Spearman", "R² of logarithms", "MdAPE")):
        MEASURED.append(
            Row(
                "prediction", name, measure, ours[number], plain[number], None, asked[number], kind="temporal"
            )
        )


def rank_correlation(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(pd.Series(a).rank(), pd.Series(b).rank())[0, 1])


def figures(actual: np.ndarray, said: np.ndarray) -> tuple[float, float, float]:
    """Spearman, R² of logarithms, median absolute percentage error."""
    r2 = 1 - ((actual - said) ** 2).sum() / ((actual - actual.mean()) ** 2).sum()
    off = np.abs(np.expm1(said) - np.expm1(actual)) / np.maximum(np.expm1(actual), 1)
    return rank_correlation(actual, said), float(r2), float(np.median(off))


# -- forecasts --------------------------------------------------------------------------------


def vtubers() -> pd.DataFrame:
    given = pd.read_csv(DATA / "vtuber_id_2022" / "videos.csv")
    return pd.DataFrame(
        {"account_id": given["creator"], "post_id": np.arange(len(given)),
         "kind": np.where(given["length_s"] <= 60, "short", "video"), "duration_seconds": given["length_s"].astype(float),
         "published_at": given["published"], "views": given["views"].astype(float), "guest": given["is_collab"].astype(float),
         "music": given["is_cover_or_mv"].astype(float)}
    )  # fmt: skip


def instagram() -> pd.DataFrame:
    given = pd.read_csv(DATA / "instafake" / "organic_posts.csv")
    return pd.DataFrame(
        {"account_id": given["acc"], "post_id": np.arange(len(given)), "kind": "image", "duration_seconds": np.nan,
         "published_at": pd.to_datetime(given["upload_ts"], unit="s", utc=True), "likes": given["likes"].astype(float)}
    )  # fmt: skip


def youtube() -> pd.DataFrame:
    given = pd.read_csv(DATA / "mftn_youtube_2026" / "videos_2026-01.csv")
    parts = (
        given["duration_iso8601"].str.extract(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?").fillna(0).astype(float)
    )
    seconds = parts[0] * 3600 + parts[1] * 60 + parts[2]
    age = pd.to_datetime(given["snapshot_utc"]) - pd.to_datetime(given["published_at"])
    frame = pd.DataFrame(
        {"account_id": given["channel"], "post_id": np.arange(len(given)), "kind": np.where(seconds <= 181, "short", "video"),
         "duration_seconds": seconds, "published_at": given["published_at"], "views": given["view_count"].astype(float)}
    )  # fmt: skip
    return frame[age > pd.Timedelta(days=2)]


def median_10(prepared: pd.DataFrame) -> pd.Series:
    whole = history.series(prepared, ["account_id"], "y")
    said = history.forecasters(whole.values)[3]
    return pd.Series(said[whole.row, whole.place], index=prepared["post_id"].to_numpy())


def grade(posts: pd.DataFrame, value: str, fitted: model.Params, chosen: Callable[[pd.DataFrame], pd.Series]) -> tuple[
    tuple[float, float, float], tuple[float, float, float], float, dict[str, float]
]:  # fmt: skip
    prepared = model.prepare(posts, value)
    rows = model.table(prepared).rows
    rows = rows[~rows["is_next"] & rows["base"].notna()]
    rows = rows[chosen(rows)]
    said = model.forecast(rows, fitted)
    inside = (rows["y"] >= said["low"]) & (rows["y"] <= said["high"])
    plain = median_10(prepared).loc[rows["post_id"].to_numpy()].to_numpy()
    actual = rows["y"].to_numpy()
    by_form = {
        str(form): float(some.mean()) for form, some in inside.groupby(rows["form"]) if len(some) >= 100
    }
    return figures(actual, said["mid"].to_numpy()), figures(actual, plain), float(inside.mean()), by_form


def newest_fifth(rows: pd.DataFrame) -> pd.Series:
    place = rows.groupby("account_id").cumcount() + 1
    return (place / (rows.groupby("account_id")["y"].transform("size") + 1) >= 0.8) & (place >= 5)


def as_params(found: dict[str, object]) -> model.Params:
    interval = {form: tuple(pair) for form, pair in found["interval"].items()}  # type: ignore[attr-defined]
    return model.Params("bench", found["effects"], found["usual_error"], interval, adaptive=True)  # type: ignore[arg-type]


def show(found: tuple[float, float, float]) -> str:
    return f"{found[0]:.3f} / {found[1]:.3f} / {found[2]:.3f}"


def forecasts() -> None:
    print("\nforecast of the next post: Spearman / R² log / MdAPE; beside: median of ten\n")
    posts = vtubers()
    cut = pd.Timestamp("2021-10-01", tz="UTC")
    fitted = as_params(model.fit(posts[pd.to_datetime(posts["published_at"]) < cut], "views"))
    ours, plain, cover, forms = grade(
        posts, "views", fitted, lambda r: pd.to_datetime(r["at"], utc=True) >= cut
    )
    row("vtuber_id_2022, after 2021-10 (fit before)", show(ours), show(plain), ".91 / .83 / .33",
        ours[0] >= 0.91 and ours[1] >= 0.83 and ours[2] <= 0.33)  # fmt: skip
    three("vtuber_id_2022, after 2021-10, fit before", ours, plain, (">= .91", ">= .83", "<= .33"))
    MEASURED.append(
        Row("prediction", "vtuber_id_2022", "80 % interval covers", cover, target=">= .78", kind="temporal")
    )
    covered = ", ".join(f"{form} {share:.1%}" for form, share in forms.items())
    row(
        "  80 % interval covers",
        f"{cover:.1%} ({covered})",
        "",
        "78–82 %",
        all(0.775 <= s <= 0.825 for s in [cover, *forms.values()]),
    )
    ours, plain, cover, _forms = grade(instagram(), "likes", model.params("likes"), newest_fifth)
    row(
        "instafake organic_posts, newest fifth",
        show(ours),
        show(plain),
        ".855 / – / .195",
        ours[0] >= 0.8545 and ours[2] <= 0.195,
    )
    row("  80 % interval covers", f"{cover:.1%}", "", "78–82 %", 0.775 <= cover <= 0.825)
    three("instafake organic_posts, never fitted", ours, plain, (">= .855", None, "<= .195"))
    MEASURED.append(
        Row(
            "prediction",
            "instafake organic_posts",
            "80 % interval covers",
            cover,
            target=">= .78",
            kind="temporal",
        )
    )
    ours, plain, cover, _forms = grade(youtube(), "views", model.params("views"), newest_fifth)
    three(
        "mftn_youtube_2026, never fitted",
        ours,
        plain,
        (f">= {plain[0]:.3f}", f">= {plain[1]:.3f}", f"<= {plain[2]:.3f}"),
    )
    MEASURED.append(
        Row(
            "prediction", "mftn_youtube_2026", "80 % interval covers", cover, target=">= .78", kind="temporal"
        )
    )
    row(
        "mftn_youtube_2026, newest fifth",
        show(ours),
        show(plain),
        "beat median of ten",
        ours[0] > plain[0] and ours[1] > plain[1],
    )
    row("  80 % interval covers (small young set)", f"{cover:.1%}", "", "78–82 %", 0.775 <= cover <= 0.825)


# -- likeness ---------------------------------------------------------------------------------


def area(truth: np.ndarray, score: np.ndarray) -> float:
    ranks = pd.Series(score).rank().to_numpy()
    positive = truth.astype(bool)
    n, m = positive.sum(), (~positive).sum()
    return float((ranks[positive].sum() - n * (n + 1) / 2) / (n * m))


def musae(
    name: str, features: Path, edges: np.ndarray, kind: np.ndarray | None, sizes: np.ndarray
) -> tuple[float, float, float]:
    """AUC of held-out links by: the terms alone, the common neighbours alone, all parts added (5 folds)."""
    from scipy import sparse
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import KBinsDiscretizer

    held = json.loads(features.read_text())
    count = int(max(edges.max(), max(int(k) for k in held))) + 1
    rng = np.random.default_rng(SEED)
    order = rng.permutation(len(edges))
    test, kept = edges[order[: min(20_000, len(edges) // 5)]], edges[order[min(20_000, len(edges) // 5) :]]
    known = set(map(tuple, np.sort(edges, axis=1).tolist()))
    false: list[tuple[int, int]] = []
    while len(false) < len(test):
        a, b = sorted(rng.integers(0, count, 2).tolist())
        if a != b and (a, b) not in known:
            false.append((a, b))
    pairs = np.vstack([test, np.array(false)])
    truth = np.r_[np.ones(len(test)), np.zeros(len(false))]
    rows = np.repeat([int(k) for k in held], [len(v) for v in held.values()])
    cols = np.concatenate([np.array(v, int) for v in held.values() if v])
    terms = sparse.csr_matrix((np.ones(len(rows)), (rows, cols)), (count, cols.max() + 1))
    df = np.asarray((terms > 0).sum(axis=0)).ravel()
    weighted = terms @ sparse.diags(np.log(1 + count / np.maximum(df, 1)))
    length = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    vector = sparse.diags(1 / np.maximum(length, 1e-9)) @ weighted
    graph = sparse.csr_matrix((np.ones(len(kept)), (kept[:, 0], kept[:, 1])), (count, count))
    graph = ((graph + graph.T) > 0).astype(float)
    degree = np.asarray(graph.sum(axis=1)).ravel()
    weight = 1 / np.log(np.maximum(degree, 2) + 1)
    a, b = pairs[:, 0], pairs[:, 1]

    def along(matrix: sparse.csr_matrix) -> np.ndarray:
        out = np.zeros(len(pairs))
        for start in range(0, len(pairs), 4000):
            part = slice(start, start + 4000)
            out[part] = np.asarray(matrix[a[part]].multiply(matrix[b[part]]).sum(axis=1)).ravel()
        return out

    topic = along(vector)
    common = along(graph)
    adamic = along(graph @ sparse.diags(np.sqrt(weight)))
    overlap = common / np.maximum(np.minimum(degree[a], degree[b]), 1)
    # friends who write about the same: the mean of a's neighbours against b
    around = sparse.diags(1 / np.maximum(degree, 1)) @ graph @ vector
    near = np.zeros(len(pairs))
    for start in range(0, len(pairs), 4000):
        part = slice(start, start + 4000)
        near[part] = np.asarray(
            (around[a[part]].multiply(vector[b[part]]) + around[b[part]].multiply(vector[a[part]])).sum(
                axis=1
            )
        ).ravel()
    size = np.log1p(degree[a]) + np.log1p(degree[b])
    extra = (kind[a] == kind[b]).astype(float) if kind is not None else -np.abs(sizes[a] - sizes[b])
    parts = np.column_stack([topic, overlap, adamic, near, size, extra])
    said = np.zeros(len(pairs))
    fold = rng.integers(0, 5, len(pairs))
    for one in range(5):
        bins = KBinsDiscretizer(
            20, encode="onehot", strategy="quantile", quantile_method="averaged_inverted_cdf"
        )
        train = bins.fit_transform(parts[fold != one])
        additive = LogisticRegression(C=1.0, max_iter=500).fit(train, truth[fold != one])
        said[fold == one] = additive.decision_function(bins.transform(parts[fold == one]))
    return area(truth, topic), area(truth, overlap), area(truth, said)


def page_types() -> float:
    """Type of a Facebook page from its terms alone: one-against-rest on TF-IDF, 5 folds."""
    from scipy import sparse
    from sklearn.svm import LinearSVC

    held = json.loads((DATA / "musae" / "facebook_features.json").read_text())
    kinds = pd.read_csv(DATA / "musae" / "facebook_target.csv").set_index("id")["page_type"]
    ids = kinds.index.to_numpy()
    rows = np.repeat([int(k) for k in held], [len(v) for v in held.values()])
    cols = np.concatenate([np.array(v, int) for v in held.values() if v])
    terms = sparse.csr_matrix((np.ones(len(rows)), (rows, cols)), (ids.max() + 1, cols.max() + 1))
    df = np.asarray((terms > 0).sum(axis=0)).ravel()
    weighted = terms @ sparse.diags(np.log(1 + len(ids) / np.maximum(df, 1)))
    length = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    vector = (sparse.diags(1 / np.maximum(length, 1e-9)) @ weighted).tocsr()[ids]
    truth = kinds.to_numpy()
    fold = np.random.default_rng(SEED).integers(0, 5, len(ids))
    right = 0
    for one in range(5):
        found = LinearSVC(C=0.5).fit(vector[fold != one], truth[fold != one]).predict(vector[fold == one])
        right += int((found == truth[fold == one]).sum())
    return right / len(ids)


def likeness() -> None:
    print("\nlikeness (MUSAE, held-out links): AUC of all parts added; beside: terms alone, overlap alone\n")
    types = pd.read_csv(DATA / "musae" / "facebook_target.csv").set_index("id")["page_type"]
    kind = types.reindex(range(int(types.index.max()) + 1)).astype("category").cat.codes.to_numpy()
    edges = pd.read_csv(DATA / "musae" / "facebook_edges.csv").to_numpy()
    edges = edges[edges[:, 0] != edges[:, 1]]
    topic, overlap, added = musae(
        "facebook", DATA / "musae" / "facebook_features.json", edges, kind, np.zeros(0)
    )
    MEASURED.append(
        Row("brand fit", "MUSAE Facebook", "link AUC, all parts", added, max(topic, overlap), None, ">= .975")
    )
    row("MUSAE Facebook", f"{added:.3f}", f"{topic:.3f} / {overlap:.3f}", ">= .975", added >= 0.975)
    target = pd.read_csv(DATA / "musae" / "twitch_ENGB_target.csv").set_index("new_id")
    views = np.log1p(target["views"].reindex(range(int(target.index.max()) + 1)).fillna(0).to_numpy())
    edges = pd.read_csv(DATA / "musae" / "twitch_ENGB_edges.csv").to_numpy()
    edges = edges[edges[:, 0] != edges[:, 1]]
    topic, overlap, added = musae("twitch", DATA / "musae" / "twitch_ENGB_features.json", edges, None, views)
    MEASURED.append(
        Row("brand fit", "MUSAE Twitch EN", "link AUC, all parts", added, max(topic, overlap), None, ">= .88")
    )
    row("MUSAE Twitch EN", f"{added:.3f}", f"{topic:.3f} / {overlap:.3f}", ">= .88", added >= 0.88)
    found = page_types()
    MEASURED.append(Row("brand fit", "MUSAE Facebook", "page type accuracy", found, 0.907, None, ">= .90"))
    row("MUSAE page type by terms, 5 folds", f"{found:.3f}", ".907 (reference)", ">= .90", found >= 0.90)


def speed() -> None:
    rng = np.random.default_rng(SEED)
    target = brand_fit.Target(
        name="B", category="beauty", audience={"countries": ["ID"], "age": ["18-24"], "gender": ["female"]},
        sizes=((10_000, 50_000),), price=5e6,
    )  # fmt: skip
    rows = pd.DataFrame(
        {"followers": rng.lognormal(10, 1, 1000), "price": rng.lognormal(15, 1, 1000), "cosine": rng.random(1000) / 2,
         "words": 40, "shared": [["serum"]] * 1000, "categories": [["beauty"]] * 1000, "safety": "",
         "audience": [{"countries": {"ID": s, "MY": 1 - s}, "age": {"18-24": s}, "gender": {"female": s}} for s in rng.random(1000)]},
        index=pd.RangeIndex(1, 1001, name="account_id"),
    )  # fmt: skip
    started = time.perf_counter()
    brand_fit.judge(target, rows)
    print(f"\nfit of 1,000 accounts, judged: {1000 * (time.perf_counter() - started):.0f} ms")


if __name__ == "__main__":
    print(f"{'':<46} {'ours':>26}  {'baseline':>26}  {'target':>20}")
    forecasts()
    likeness()
    speed()

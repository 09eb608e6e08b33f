"""Fits what ships: `manage.py fit_text` (or `python -m creators.text.fit`) reads ../shared/data, writes `params/`.

Only sets whose licence lets fitted parameters ship (GREEN) are read here. Needs scikit-learn (requirements-dev).
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from creators.text import classifying, english, spam, wording
from creators.text.linear import Dense, Linear, save

ROOT = Path(__file__).resolve().parents[2]
NEAR = 0.7  # cosine of letters above which two texts count as the same
csv.field_size_limit(10_000_000)


@dataclass
class Set:
    texts: list[str]
    labels: list[Any]

    def __add__(self, other: Set) -> Set:
        return Set(self.texts + other.texts, self.labels + other.labels)

    def pick(self, rows: Sequence[int]) -> Set:
        return Set([self.texts[i] for i in rows], [self.labels[i] for i in rows])


def data_dir() -> Path:
    for base in (ROOT.parent / "shared" / "data", ROOT / "shared" / "data"):
        if base.is_dir():
            return base
    raise SystemExit("The data sets are expected in ../shared/data beside the project.")


def smsa(part: str) -> Set:
    path = data_dir() / "smsa" / f"{part}_preprocess.tsv"
    rows = [line.rsplit("\t", 1) for line in path.read_text(encoding="utf-8").splitlines() if "\t" in line]
    return Set([row[0] for row in rows], [row[1] for row in rows])


def indolem(*parts: str) -> Set:
    found = Set([], [])
    for part in parts:
        with (data_dir() / "indolem_sentiment" / f"{part}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found.texts.append(row["sentence"])
                found.labels.append("positive" if row["sentiment"] == "1" else "negative")
    return found


def nusax(language: str) -> Set:
    found = Set([], [])
    for part in ("train", "valid", "test"):
        with (data_dir() / "nusax" / language / f"{part}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found.texts.append(row["text"])
                found.labels.append(row["label"])
    return found


def vader(name: str) -> Set:
    found = Set([], [])
    path = data_dir() / "vader" / f"{name}_GroundTruth.txt"
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        cells = line.split("\t")
        if len(cells) >= 3:
            found.texts.append(cells[2])
            found.labels.append(float(cells[1]))
    return found


def davidson() -> Set:
    with (data_dir() / "davidson2017_en_hate" / "labeled_data.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        rows = list(csv.DictReader(file))
    names = ("hate", "offensive", "neither")
    return Set([row["tweet"] for row in rows], [names[int(row["class"])] for row in rows])


def tubespam() -> list[Set]:
    """One set a video."""
    found = []
    for path in sorted((data_dir() / "tubespam").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        found.append(Set([row["CONTENT"] for row in rows], [int(row["CLASS"]) for row in rows]))
    return found


def bands(given: Set, half: float = 0.6) -> Set:
    """Human intensity (-4..4) as three classes."""
    names = ["positive" if v > half else "negative" if v < -half else "neutral" for v in given.labels]
    return Set(given.texts, names)


def far_from(given: Set, others: Sequence[str]) -> Set:
    """Without texts that are near duplicates of `others`: NusaX is SmSA edited again."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(4, 4), min_df=2, sublinear_tf=True)
    theirs = vectors.fit_transform([wording.plain(text) for text in others])
    mine = vectors.transform([wording.plain(text) for text in given.texts])
    near = np.zeros(len(given.texts))
    for start in range(0, len(given.texts), 500):
        near[start : start + 500] = (mine[start : start + 500] @ theirs.T).max(axis=1).toarray().ravel()
    return given.pick(np.flatnonzero(near <= NEAR).tolist())


@dataclass
class Recipe:
    """How a model is made; the same for the one that ships and for every fold of its evaluation."""

    name: str
    version: str
    language: str
    classes: tuple[Any, ...]
    options: dict[str, Any]
    letters: float = 0.6  # length of the letters' block beside the words' 1
    strength: float = 10.0  # C
    balance: float = 0.0  # 0: as they come; 1: classes count alike
    min_words: int = 2
    min_letters: int = 3
    keep: int = 60_000
    dense: Dense | None = None
    dense_names: tuple[str, ...] = ()
    dense_size: float = 0.5
    class_weight: dict[Any, float] | None = None

    def fit(self, given: Set, weight: np.ndarray | None = None, *, prune: bool = True) -> Linear:
        from scipy.sparse import csr_matrix, hstack
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression

        y = np.asarray(given.labels, dtype=object)
        sample = np.ones(len(y)) if weight is None else weight.astype(float)
        counts = {k: (y == k).sum() for k in self.classes}
        for k in self.classes:
            factor = (len(y) / (len(self.classes) * max(1, counts[k]))) ** self.balance
            sample = np.where(y == k, sample * factor * (self.class_weight or {}).get(k, 1.0), sample)
        blocks: list[Any] = []
        names: list[str] = []
        idf: list[np.ndarray] = []
        block: list[int] = []
        if self.options:
            found = [wording.features(text, **self.options) for text in given.texts]
            for place, (wants_words, least, size) in enumerate(
                ((True, self.min_words, 1.0), (False, self.min_letters, self.letters))
            ):
                part = [[f for f in one if (f[1:2] == " ") == wants_words] for one in found]
                if not any(part) or not size:
                    continue
                vectors = TfidfVectorizer(analyzer=lambda one: one, min_df=least, sublinear_tf=True)
                blocks.append(vectors.fit_transform(part) * size)
                names += list(vectors.get_feature_names_out())
                idf.append(vectors.idf_)
                block += [place] * len(vectors.idf_)
        inverse = np.concatenate(idf) if idf else np.zeros(0)
        places = np.asarray(block, np.int64)
        mean = scale = None
        if self.dense is not None:
            dense = self.dense(given.texts)
            mean, scale = dense.mean(axis=0), (dense.std(axis=0) + 1e-9) / self.dense_size
            blocks.append(csr_matrix((dense - mean) / scale))
        X = hstack(blocks).tocsr()
        target = np.array([self.classes.index(label) for label in y])

        def learn(columns: Any) -> Any:
            model = LogisticRegression(C=self.strength, max_iter=200, tol=1e-3)
            return model.fit(columns, target, sample_weight=sample)

        model = learn(X)
        total = len(names)
        if prune and total > self.keep:
            force = np.abs(model.coef_[:, :total]).max(axis=0)
            # unseen weights matter less for rare words: what is kept is what moves a text that holds it
            kept = np.sort(np.argsort(-force, kind="stable")[: self.keep])
            chosen = np.concatenate([kept, np.arange(total, X.shape[1])])
            # lengths of blocks change with what is left out, so they are taken anew
            X = self._relength(X, inverse, places, kept, total, chosen)
            names, inverse, places = [names[i] for i in kept], inverse[kept], places[kept]
            model = learn(X)
            total = len(names)
        sizes = np.where(places == 0, 1.0, self.letters) if total else np.zeros(0)
        weights = model.coef_[:, :total].T * sizes[:, None]
        return Linear(
            name=self.name, version=self.version, language=self.language,
            classes=tuple(classifying.LABELS["spam"] if self.name == "spam" else map(str, self.classes)),
            vocabulary={word: i for i, word in enumerate(names)}, block=places, idf=inverse, weights=weights,
            intercept=model.intercept_, options=self.options, dense=self.dense, dense_names=self.dense_names,
            dense_mean=mean, dense_scale=scale,
            dense_weights=model.coef_[:, total:].T if self.dense is not None else None,
        )  # fmt: skip

    def _relength(
        self,
        X: Any,
        inverse: np.ndarray,
        places: np.ndarray,
        kept: np.ndarray,
        total: int,
        chosen: np.ndarray,
    ) -> Any:
        from scipy.sparse import csr_matrix, hstack
        from sklearn.preprocessing import normalize

        parts = []
        for place, size in ((0, 1.0), (1, self.letters)):
            mine = kept[places[kept] == place]
            if len(mine):
                parts.append(normalize(X[:, mine]) * size)
        if X.shape[1] > total:
            parts.append(csr_matrix(X[:, np.arange(total, X.shape[1])]))
        return hstack(parts).tocsr()


SENTIMENT_ID = Recipe(
    "sentiment_id", "sentiment-id-1.0", "id", ("negative", "neutral", "positive"),
    {"language": "id", "low": 2, "high": 5}, letters=0.5, strength=12.0, balance=1.0, keep=80_000,
)  # fmt: skip
SENTIMENT_EN = Recipe(
    "sentiment_en", "sentiment-en-1.1", "en", ("negative", "neutral", "positive"), {},
    strength=1.0, balance=1.0, dense=english.with_pairs, dense_names=english.ALL, dense_size=1.0,
)  # fmt: skip
OFFENCE_EN = Recipe(
    "offence_en", "offence-en-1.0", "en", ("hate", "offensive", "neither"), {"language": "en", "low": 2, "high": 4},
    letters=0.5, strength=3.0, min_letters=4, keep=30_000, dense=classifying.offence_features,
    dense_names=classifying.OFFENCE_NAMES, dense_size=0.4, class_weight={"hate": 1.6},
)  # fmt: skip
SPAM = Recipe(
    "spam", "spam-1.0", "any", (0, 1), {"language": "en", "low": 2, "high": 5},
    letters=1.0, strength=3.0, keep=8_000, dense=spam.features, dense_names=spam.NAMES, dense_size=0.5,
)  # fmt: skip
INDOLEM_WEIGHT = 0.5


def sentiment_id_data(*, valid: bool = False) -> tuple[Set, np.ndarray]:
    """SmSA train, NusaX, IndoLEM without the rows of its fold 4 test; with `valid`, SmSA valid as well."""
    own, held = smsa("train"), smsa("valid")
    base = own + held if valid else own
    edited = nusax("indonesian")
    edited = edited if valid else far_from(edited, held.texts)
    more = indolem("train4", "dev4")
    weight = np.concatenate(
        [np.ones(len(base.texts) + len(edited.texts)), np.full(len(more.texts), INDOLEM_WEIGHT)]
    )
    return base + edited + more, weight


def sentiment_en_data() -> Set:
    return (
        bands(vader("tweets"))
        + bands(vader("amazonReviewSnippets"))
        + bands(vader("nytEditorialSnippets"))
        + nusax("english")
    )


def spam_data() -> Set:
    first, *more = tubespam()
    for one in more:
        first = first + one
    return first


def fit_all(say: Callable[[str], Any], only: Sequence[str] = ()) -> None:
    def ship(model: Linear, **card: Any) -> None:
        path = save(model, card)
        say(f"{path.name}: {len(model.vocabulary)} features, {path.stat().st_size / 1e6:.2f} MB")

    if not only or "sentiment_id" in only:
        data, weight = sentiment_id_data(valid=True)
        ship(
            SENTIMENT_ID.fit(data, weight), rows=len(data.texts),
            data=["smsa train+valid", "nusax indonesian", "indolem train4+dev4"],
        )  # fmt: skip
    if not only or "sentiment_en" in only:
        data = sentiment_en_data()
        ship(
            SENTIMENT_EN.fit(data), rows=len(data.texts),
            data=["vader tweets, amazon, nyt", "nusax english"],
        )  # fmt: skip
    if not only or "offence_en" in only:
        data = davidson()
        ship(OFFENCE_EN.fit(data), rows=len(data.texts), data=["davidson2017_en_hate"])
    if not only or "spam" in only:
        data = spam_data()
        ship(SPAM.fit(data), rows=len(data.texts), data=["tubespam"])


if __name__ == "__main__":
    fit_all(lambda line: sys.stdout.write(line + "\n"), sys.argv[1:])

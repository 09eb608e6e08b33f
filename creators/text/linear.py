"""Fitted linear models, read from a small file and applied with numpy alone."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from creators.text import wording

PARAMS = Path(__file__).parent / "params"
BATCH = 500
Dense = Callable[[Sequence[str]], np.ndarray]


@dataclass(frozen=True)
class Linear:
    """Pieces of text and a few named features, each with a weight per class; the sum decides."""

    name: str
    version: str
    language: str
    classes: tuple[str, ...]
    vocabulary: dict[str, int]
    block: np.ndarray  # 0 words, 1 letters: each block has length one, as it had in fitting
    idf: np.ndarray
    weights: np.ndarray  # features x classes
    intercept: np.ndarray
    options: dict[str, Any]
    dense: Dense | None = None
    dense_names: tuple[str, ...] = ()
    dense_mean: np.ndarray | None = None
    dense_scale: np.ndarray | None = None
    dense_weights: np.ndarray | None = None
    sigmoid: bool = False
    pieces: dict[str, tuple[int, ...]] = field(default_factory=dict, compare=False, repr=False)
    names: list[str] = field(default_factory=list, compare=False, repr=False)

    def margins(self, texts: Sequence[str]) -> np.ndarray:
        parts = [self._margins(texts[i : i + BATCH]) for i in range(0, len(texts), BATCH)]
        return np.vstack(parts) if parts else np.zeros((0, len(self.classes)))

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        return squash(self.margins(texts), sigmoid=self.sigmoid)

    def values(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """The columns a text fills and the value of each."""
        found = Counter(map(self.vocabulary.get, wording.features(text, **self.options)))
        found.pop(None, None)
        columns = np.fromiter(found.keys(), np.int64, len(found))
        counts = np.fromiter(found.values(), np.float64, len(found))
        values = (1 + np.log(counts)) * self.idf[columns]
        for block in (0, 1):
            mine = self.block[columns] == block
            length = np.sqrt((values[mine] ** 2).sum())
            if length:
                values[mine] /= length
        return columns, values

    def _count(self, text: str) -> Counter[int]:
        """How often a text fills each column; the pieces of a word are looked up once and remembered."""
        get, pieces = self.vocabulary.get, self.pieces
        tokens = wording.words(text, language=self.options.get("language", "id"))
        marked = wording.negated(tokens)
        found = [get("w " + token) for token in marked]
        found += [get(f"b {a} {b}") for a, b in pairwise(marked)]
        known: Counter[int] = Counter(column for column in found if column is not None)
        if self.options.get("high", 5):
            for token in tokens:
                mine = pieces.get(token)
                if mine is None:
                    if len(pieces) > 200_000:
                        pieces.clear()
                    columns = (get(piece) for piece in _pieces(f"_{token}_", self.options))
                    mine = pieces[token] = tuple(column for column in columns if column is not None)
                known.update(mine)
        return known

    def _margins(self, texts: Sequence[str]) -> np.ndarray:
        if not self.vocabulary:
            return self._dense_margins(texts, np.tile(self.intercept, (len(texts), 1)).astype(float))
        columns: list[int] = []
        counts: list[int] = []
        lengths = np.empty(len(texts), np.int64)
        for i, text in enumerate(texts):
            found = self._count(text)
            columns.extend(found.keys())
            counts.extend(found.values())
            lengths[i] = len(found)
        column = np.asarray(columns, np.int64)
        row = np.repeat(np.arange(len(texts)), lengths)
        value = (1 + np.log(np.asarray(counts, np.float64))) * self.idf[column]
        place = row * 2 + self.block[column]
        norm = np.sqrt(np.bincount(place, value**2, minlength=2 * len(texts)))
        value = value / norm[place] if len(value) else value
        result = np.tile(self.intercept, (len(texts), 1)).astype(float)
        for k in range(self.weights.shape[1]):
            result[:, k] += np.bincount(row, value * self.weights[column, k], minlength=len(texts))
        return self._dense_margins(texts, result)

    def _dense_margins(self, texts: Sequence[str], result: np.ndarray) -> np.ndarray:
        if self.dense is not None:
            assert self.dense_mean is not None and self.dense_scale is not None
            assert self.dense_weights is not None
            result += ((self.dense(texts) - self.dense_mean) / self.dense_scale) @ self.dense_weights
        return result

    def reasons(self, text: str, target: int, limit: int = 3) -> list[tuple[str, float]]:
        """The words that speak most for a class: what each word and its pieces add to it beside the other classes."""
        found = wording.features(text, **self.options)
        known = Counter(feature for feature in found if feature in self.vocabulary)
        total: dict[str, float] = {}
        if known:
            columns, values = self.values(text)
            others = self.weights[columns].mean(axis=1) if len(self.classes) > 2 else 0
            sign = 1 if target or self.weights.shape[1] > 1 else -1
            weight = self.weights[columns, min(target, self.weights.shape[1] - 1)] - others
            names = list(self.vocabulary_of(columns))
            gain = dict(zip(names, sign * weight * values, strict=True))
            marked = [feature[2:] for feature in dict.fromkeys(found) if feature.startswith("w ")]
            for word in marked:
                share = gain.get("w " + word, 0.0)
                bare = f"_{word.lstrip('~')}_"
                share += sum(gain.get(piece, 0.0) for piece in _pieces(bare, self.options))
                total[word.replace("~", "")] = max(total.get(word.replace("~", ""), -9.0), share)
            for feature, value in gain.items():
                if feature.startswith("b "):
                    total[feature[2:].replace("~", "")] = value
        if self.dense is not None and self.dense_weights is not None:
            assert self.dense_mean is not None and self.dense_scale is not None
            row = self.dense([text])[0]
            scaled = (row - self.dense_mean) / self.dense_scale
            column = min(target, self.dense_weights.shape[1] - 1)
            sign = 1 if target or self.dense_weights.shape[1] > 1 else -1
            for name, raw, value, weight in zip(
                self.dense_names, row, scaled, self.dense_weights[:, column], strict=True
            ):
                if raw and sign * value * weight > 0:
                    total[f"[{name}]"] = float(sign * value * weight)
        best = sorted(total.items(), key=lambda pair: -pair[1])[:limit]
        return [(word, round(float(value), 3)) for word, value in best if value > 0.01]

    def vocabulary_of(self, columns: np.ndarray) -> list[str]:
        if not self.names:
            self.names.extend(self.vocabulary)
        return [self.names[column] for column in columns]


def _pieces(padded: str, options: dict[str, Any]) -> list[str]:
    high = options.get("high", 5)
    if not high:
        return []
    low, length = options.get("low", 2), len(padded)
    return [
        padded[i : i + size] for size in range(low, min(high, length) + 1) for i in range(length - size + 1)
    ]


def squash(margins: np.ndarray, *, sigmoid: bool) -> np.ndarray:
    """Margins to probabilities: softmax; one column is the margin of the second of two classes."""
    if margins.shape[1] == 1:
        p = 1 / (1 + np.exp(-np.clip(margins[:, 0], -50, 50)))
        return np.column_stack([1 - p, p])
    if sigmoid:
        p = 1 / (1 + np.exp(-np.clip(margins, -50, 50)))
        shares: np.ndarray = p / p.sum(axis=1, keepdims=True)
        return shares
    e = np.exp(margins - margins.max(axis=1, keepdims=True))
    result: np.ndarray = e / e.sum(axis=1, keepdims=True)
    return result


def save(model: Linear, card: dict[str, Any]) -> Path:
    """Write a model; the same parameters are the same bytes."""
    body = {
        "name": model.name,
        "version": model.version,
        "language": model.language,
        "classes": model.classes,
        "options": model.options,
        "sigmoid": model.sigmoid,
        "card": card,
        "vocabulary": "\n".join(model.vocabulary),
        "block": "".join(map(str, model.block.tolist())),
        "idf": np.round(model.idf, 2).tolist(),
        "weights": np.round(model.weights, 2).T.tolist(),
        "intercept": np.round(model.intercept, 4).tolist(),
    }
    if model.dense_weights is not None:
        assert model.dense_mean is not None and model.dense_scale is not None
        body["dense"] = {
            "names": model.dense_names,
            "mean": np.round(model.dense_mean, 5).tolist(),
            "scale": np.round(model.dense_scale, 5).tolist(),
            "weights": np.round(model.dense_weights, 5).tolist(),
        }
    PARAMS.mkdir(exist_ok=True)
    path = PARAMS / f"{model.name}.json.gz"
    raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    path.write_bytes(gzip.compress(raw, 9, mtime=0))
    return path


def load(name: str, dense: Dense | None = None) -> Linear:
    with gzip.open(PARAMS / f"{name}.json.gz", "rt", encoding="utf-8") as file:
        body = json.load(file)
    more = body.get("dense")
    return Linear(
        name=body["name"], version=body["version"], language=body["language"], classes=tuple(body["classes"]),
        vocabulary={word: i for i, word in enumerate(body["vocabulary"].split("\n"))} if body["vocabulary"] else {},
        block=np.frombuffer(body["block"].encode(), np.uint8).astype(np.int64) - ord("0"),
        idf=np.asarray(body["idf"], np.float64), weights=np.asarray(body["weights"], np.float64).T,
        intercept=np.asarray(body["intercept"], np.float64), options=body["options"], sigmoid=body["sigmoid"],
        dense=dense if more else None, dense_names=tuple(more["names"]) if more else (),
        dense_mean=np.asarray(more["mean"]) if more else None,
        dense_scale=np.asarray(more["scale"]) if more else None,
        dense_weights=np.asarray(more["weights"]) if more else None,
    )  # fmt: skip

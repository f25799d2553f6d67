"""A linear model that learns row by row, and says how sure it is in words of frequency.

One softmax over hashed features per target, with step sizes that shrink for what was often seen
(AdaGrad, Duchi et al. 2011), so that rare words keep their weight. Needs numpy, and is imported
only where a model is taught or asked.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gateway.learning.learning_features import SIZE, Features

Floats = NDArray[np.float32]
_STEP = 0.5
_FIRST_STEP_DAMPING = 1e-3
_ROUNDS_OF_CALIBRATION = 50
_RIDGE = 1e-3
_SHORTEST_SHOWN = 4
_WORDS_SHOWN = 3


@dataclass
class LinearModel:
    """Weights of one target. `classes` are its codes in the order of the columns."""

    classes: list[str]
    weights: Floats
    seen: Floats  # sums of squared gradients
    bias: Floats

    @classmethod
    def empty(cls) -> "LinearModel":
        """Return a model that knows no class yet."""
        nothing = np.zeros((SIZE, 0), np.float32)
        return cls([], nothing, nothing.copy(), np.zeros(0, np.float32))

    def shares(self, features: Features) -> dict[str, float]:
        """Return how likely each class is, before calibration; empty when there is none."""
        if not self.classes or not features.places:
            return {}
        shares = self._shares(*_arrays(features))
        return dict(zip(self.classes, (float(share) for share in shares), strict=True))

    def learn(self, features: Features, code: str) -> None:
        """Take one decided text in; a class that is new gets a column."""
        if not features.places:
            return
        if code not in self.classes:
            self._add(code)
        places, values = _arrays(features)
        wrong = self._shares(places, values)
        wrong[self.classes.index(code)] -= 1.0
        slope = values[:, None] * wrong[None, :]
        self.seen[places] += slope * slope
        self.weights[places] -= _STEP * slope / np.sqrt(self.seen[places] + _FIRST_STEP_DAMPING)
        self.bias -= 0.01 * wrong

    def reasons(self, features: Features, code: str) -> tuple[str, ...]:
        """Return the words of the text that speak most for a class, the strongest first."""
        if code not in self.classes or not features.places:
            return ()
        places, values = _arrays(features)
        rows = self.weights[places]
        pull = values * (rows[:, self.classes.index(code)] - rows.mean(axis=1))
        totals: dict[str, float] = {}
        for amount, positions in zip(pull, features.sources, strict=True):
            for position in positions:
                word = features.words[position]
                totals[word] = totals.get(word, 0.0) + float(amount) / len(positions)
        strongest = sorted(totals, key=lambda word: (-totals[word], word))
        long_enough = [word for word in strongest if len(word) >= _SHORTEST_SHOWN]
        return tuple(word for word in long_enough[:_WORDS_SHOWN] if totals[word] > 0)

    def _shares(self, places: NDArray[np.int64], values: Floats) -> Floats:
        scores = values @ self.weights[places] + self.bias
        raised = np.exp(scores - scores.max())
        shares: Floats = (raised / raised.sum()).astype(np.float32)
        return shares

    def _add(self, code: str) -> None:
        column = np.zeros((SIZE, 1), np.float32)
        self.classes.append(code)
        self.weights = np.hstack([self.weights, column])
        self.seen = np.hstack([self.seen, column])
        self.bias = np.append(self.bias, np.float32(0))


@dataclass(frozen=True)
class Blend:
    """How much the model counts beside the keywords, and what a blended score is worth.

    `share` is the model's part, 0 to 1. A score of s is right with the frequency
    1 / (1 + exp(-(slope * logit(s) + offset))).
    """

    share: float = 0.0
    slope: float = 1.0
    offset: float = 0.0

    def mix(self, learned: Mapping[str, float], keywords: Mapping[str, float]) -> dict[str, float]:
        """Return the blended score of every class that either side names."""
        return {
            code: self.share * learned.get(code, 0.0) + (1 - self.share) * keywords.get(code, 0.0)
            for code in {**learned, **keywords}
        }

    def confidence(self, score: float) -> float:
        """Return how often a score like this was right."""
        return 1 / (1 + math.exp(-(self.slope * _logit(score) + self.offset)))


@dataclass(frozen=True)
class Trial:
    """One decided case that the model had not seen: what both sides said, and the truth."""

    learned: Mapping[str, float]
    keywords: Mapping[str, float]
    truth: str


@dataclass(frozen=True)
class Report:
    """How good blended suggestions were on cases that neither model nor calibration had seen."""

    rows: int = 0
    first_right: float = 0.0
    among_three: float = 0.0
    calibration_error: float = 0.0
    confident_half_right: float = 0.0
    keywords_right: float = 0.0
    bins: list[tuple[float, float, int]] = field(default_factory=list)


def best_first(scores: Mapping[str, float]) -> list[str]:
    """Return the classes, the likeliest first; equal ones by their code."""
    return sorted(scores, key=lambda code: (-scores[code], code))


def calibrate(trials: Sequence[Trial]) -> Blend:
    """Choose the model's share by its hits, then fit what the scores are worth (Platt 1999)."""
    if not trials:
        return Blend()
    shares = (0.0, 0.25, 0.5, 0.75, 0.9, 1.0)
    share = max(shares, key=lambda share: (_hits(trials, Blend(share)), share))
    pairs = [
        (_logit(scores[code]), float(code == trial.truth))
        for trial in trials
        for scores in (Blend(share).mix(trial.learned, trial.keywords),)
        for code in best_first(scores)[:3]
    ]
    slope, offset = _sigmoid(pairs)
    return Blend(share, slope, offset)


def report(trials: Sequence[Trial], blend: Blend) -> Report:
    """Measure blended suggestions on cases that were not used for anything else."""
    if not trials:
        return Report()
    judged, three, by_keywords = [], 0, 0
    for trial in trials:
        scores = blend.mix(trial.learned, trial.keywords)
        ranked = best_first(scores)
        sure = blend.confidence(scores[ranked[0]]) if ranked else 0.0
        judged.append((sure, float(ranked[:1] == [trial.truth])))
        three += trial.truth in ranked[:3]
        by_keywords += best_first(trial.keywords)[:1] == [trial.truth]
    count = len(trials)
    half = sorted(judged, reverse=True)[: max(1, count // 2)]
    bins = _bins(judged)
    return Report(
        rows=count,
        first_right=sum(right for _, right in judged) / count,
        among_three=three / count,
        calibration_error=sum(abs(sure - right) * size for sure, right, size in bins) / count,
        confident_half_right=sum(right for _, right in half) / len(half),
        keywords_right=by_keywords / count,
        bins=bins,
    )


def _hits(trials: Sequence[Trial], blend: Blend) -> int:
    return sum(
        best_first(blend.mix(trial.learned, trial.keywords))[:1] == [trial.truth]
        for trial in trials
    )


def _bins(judged: Sequence[tuple[float, float]]) -> list[tuple[float, float, int]]:
    """Return mean confidence, share of hits and size of each tenth of the scale that is used."""
    tenths: dict[int, list[tuple[float, float]]] = {}
    for sure, right in judged:
        tenths.setdefault(min(9, int(sure * 10)), []).append((sure, right))
    return [
        (
            sum(sure for sure, _ in rows) / len(rows),
            sum(right for _, right in rows) / len(rows),
            len(rows),
        )
        for _, rows in sorted(tenths.items())
    ]


def _sigmoid(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Fit slope and offset of a logistic curve by Newton's method with a small ridge."""
    if not pairs:
        return 1.0, 0.0
    x = np.array([[score, 1.0] for score, _ in pairs])
    y = np.array([right for _, right in pairs])
    start = np.array([1.0, 0.0])
    curve = start.copy()
    for _ in range(_ROUNDS_OF_CALIBRATION):
        p = 1 / (1 + np.exp(-np.clip(x @ curve, -30, 30)))
        slope = x.T @ (p - y) + _RIDGE * (curve - start)
        bend = (x * (p * (1 - p))[:, None]).T @ x + _RIDGE * np.eye(2)
        curve -= np.clip(np.linalg.solve(bend, slope), -1, 1)
    # A falling curve would put what is likelier behind; then the scores stay as they are.
    return (float(curve[0]), float(curve[1])) if curve[0] > 0 else (1.0, 0.0)


def _logit(score: float) -> float:
    kept = min(max(score, 1e-4), 1 - 1e-4)
    return math.log(kept / (1 - kept))


def _arrays(features: Features) -> tuple[NDArray[np.int64], Floats]:
    return np.array(features.places, np.int64), np.array(features.weights, np.float32)

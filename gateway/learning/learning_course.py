"""Teaching models from decided cases, and asking them for a second opinion.

Needs numpy: `gateway.learning.learning` imports this only where a model is taught or asked.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from gateway.learning.learning_features import Features, features_of
from gateway.learning.learning_model import (
    Blend,
    LinearModel,
    Report,
    Trial,
    best_first,
    calibrate,
    report,
)
from normalizer.draft import PdSuggestion
from normalizer.routing import suggest
from normalizer.tenant import Tenant
from store.learning import Decided

TARGETS = ("pd", "category")
_ROUNDS = 3
# The newest fifth is held out: its older half calibrates, its newer half is reported.
_TAUGHT, _CALIBRATING = 0.8, 0.9
_SUGGESTED = 3
_WORDS = 5
_SURE_CATEGORY = 0.5


@dataclass
class Learned:
    """Models, blends and reports by target."""

    models: dict[str, LinearModel] = field(default_factory=dict)
    blends: dict[str, Blend] = field(default_factory=dict)
    reports: dict[str, Report] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opinion:
    """Offices, the likeliest first, and a category; None where the model has nothing to say."""

    pds: list[PdSuggestion] | None
    category: str | None


def teach(
    rows: Callable[[], Iterator[Decided]],
    total: int,
    tenant: Tenant,
    progress: Callable[[int, int], None],
) -> Learned:
    """Return models taught from scratch.

    Args:
        rows: gives all decided cases in their order, every time it is called.
        total: how many there are.
        tenant: for the keywords beside which the models will speak.
        progress: called with steps done and steps in all.
    """
    learned = Learned({target: LinearModel.empty() for target in TARGETS})
    head, middle = int(total * _TAUGHT), int(total * _CALIBRATING)
    steps = _Steps(progress, _ROUNDS * total + total - head)
    for _ in range(_ROUNDS):
        for number, row in enumerate(rows()):
            if number < head:
                _learn(learned, row)
                steps.one()
    tail = (row for number, row in enumerate(rows()) if number >= head)
    trials = [_trials(learned, row, tenant, steps) for row in tail]
    for target in TARGETS:
        own = [trial[target] for trial in trials if target in trial]
        cut = len(own) * (middle - head) // max(1, total - head)
        learned.blends[target] = calibrate(own[:cut])
        learned.reports[target] = report(own[cut:], learned.blends[target])
    for _ in range(_ROUNDS):
        for number, row in enumerate(rows()):
            if number >= head:
                _learn(learned, row)
                steps.one()
    return learned


def teach_further(learned: Learned, rows: Iterable[Decided], tenant: Tenant) -> None:
    """Let the models learn what was decided since; each case is tried before it is learned.

    The reports become those of these cases; the calibration stays until models are taught anew.
    """
    cases = list(rows)
    trials = [_trials(learned, row, tenant) for row in cases]
    for _ in range(_ROUNDS):
        for row in cases:
            _learn(learned, row)
    for target in TARGETS:
        own = [trial[target] for trial in trials if target in trial]
        if own:
            learned.reports[target] = report(own, learned.blends[target])


def opinion(learned: Learned, text: str, tenant: Tenant) -> Opinion:
    """Return what models and keywords together suggest for a redacted text."""
    features = features_of(text)
    if not features.places:
        return Opinion(None, None)
    keywords, by_keywords = _keywords(text, tenant)
    pds: list[PdSuggestion] = []
    offices = {agency.code for agency in tenant.agencies}
    for code, confidence in _ranked(learned, "pd", features, keywords):
        if code not in offices or len(pds) == _SUGGESTED:
            continue
        reasons = learned.models["pd"].reasons(features, code)
        words = tuple(dict.fromkeys((*by_keywords.get(code, ()), *reasons)))[:_WORDS]
        pds.append(PdSuggestion(code, confidence, words))
    categories = _ranked(learned, "category", features, keywords)
    sure = [code for code, confidence in categories[:1] if confidence >= _SURE_CATEGORY]
    known = {category.code for category in tenant.categories}
    return Opinion(pds or None, sure[0] if sure and sure[0] in known else None)


def _ranked(
    learned: Learned,
    target: str,
    features: Features,
    keywords: Mapping[str, Mapping[str, float]],
) -> list[tuple[str, float]]:
    """Return classes with their confidence, the likeliest first; none where keywords do better."""
    blend = learned.blends[target]
    if not blend.share:
        return []
    scores = blend.mix(learned.models[target].shares(features), keywords[target])
    return [
        (code, round(blend.confidence(scores[code]), 3))
        for code in best_first(scores)
        if scores[code] > 0
    ]


class _Steps:
    """Counts steps and tells how far it has got."""

    def __init__(self, progress: Callable[[int, int], None], total: int) -> None:
        self._progress = progress
        self._total = total
        self._done = 0

    def one(self) -> None:
        self._done += 1
        self._progress(self._done, self._total)


def _learn(learned: Learned, row: Decided) -> None:
    features = features_of(row.text)
    for target, code in _truths(row).items():
        learned.models[target].learn(features, code)


def _trials(
    learned: Learned, row: Decided, tenant: Tenant, steps: _Steps | None = None
) -> dict[str, Trial]:
    """Ask about a case as if it were new."""
    features = features_of(row.text)
    keywords, _words = _keywords(row.text, tenant)
    if steps is not None:
        steps.one()
    return {
        target: Trial(learned.models[target].shares(features), keywords[target], code)
        for target, code in _truths(row).items()
    }


def _truths(row: Decided) -> dict[str, str]:
    both = {"pd": row.pd, "category": row.category}
    return {target: code for target, code in both.items() if code}


def _keywords(
    text: str, tenant: Tenant
) -> tuple[dict[str, dict[str, float]], dict[str, tuple[str, ...]]]:
    """Return what the keywords say of each target, and the words that made them say it."""
    category, pds = suggest(text.lower(), tenant)
    scores = {
        "pd": {item.pd: item.confidence for item in pds},
        "category": {category.value: category.confidence} if category else {},
    }
    return scores, {item.pd: item.words for item in pds}

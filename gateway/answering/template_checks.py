"""What a ready-made text and its acts may hold; what is wrong is said beside the field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from gateway.answering.template_values import left_open, unknown_places
from gateway.rules.macro_steps import STEPS, Acts, Step, steps_of
from gateway.rules.statuses import PRIORITY_WORDS
from gateway.runtime import Runtime
from store.models.complaint import ComplaintStatus

_LONGEST_BODY = 2000
_LONGEST_NAME = 100
_LONGEST_WORDS = 300  # a plan or a reason stands in one message


@dataclass(frozen=True)
class TemplateForm:
    """A text as its office edits it. `version` 0: a new one. With `acts` it is a macro."""

    name: str = ""
    body: str = ""
    statuses: Sequence[str] = ()
    categories: Sequence[str] = ()
    owner: str = ""
    review_on: date | None = None
    active: bool = True
    version: int = 0
    acts: Acts = field(default_factory=Acts)


def problems_of(runtime: Runtime, form: TemplateForm, *, at_pd: bool) -> dict[str, str]:
    """Return what is wrong with a text, by field; `at_pd` says whose it is."""
    return {**_missing(form), **_unknown(runtime, form), **_long(form),
            **_acts(runtime, form.acts, at_pd=at_pd)}  # fmt: skip


def _missing(form: TemplateForm) -> dict[str, str]:
    problems = {}
    if not form.name.strip():
        problems["name"] = "Tulis nama templat."
    if not form.body.strip() and not form.acts.stored():
        problems["body"] = "Tulis isi templat."
    if not form.owner.strip():
        problems["owner"] = "Tulis siapa yang menjaga templat ini."
    if form.review_on is None:
        problems["review_on"] = "Isi tanggal tinjau ulang."
    return problems


def _unknown(runtime: Runtime, form: TemplateForm) -> dict[str, str]:
    known = {item.code for item in runtime.tenant.categories}
    if places := unknown_places(form.body):
        return {"body": _not_known(places)}
    if set(form.categories) - known:
        return {"categories": "Kategori tidak dikenal."}
    if set(form.statuses) - {status.value for status in ComplaintStatus}:
        return {"statuses": "Status tidak dikenal."}
    return {}


def _not_known(places: Sequence[str]) -> str:
    return f"Isian tidak dikenal: {', '.join(f'{{{one}}}' for one in places)}."


def _long(form: TemplateForm) -> dict[str, str]:
    problems = {}
    if len(form.name) > _LONGEST_NAME:
        problems["name"] = f"Nama paling panjang {_LONGEST_NAME} huruf."
    if len(form.body) > _LONGEST_BODY:
        problems["body"] = f"Isi paling panjang {_LONGEST_BODY} huruf."
    if len(form.acts.note) > _LONGEST_BODY:
        problems["act_note"] = f"Catatan paling panjang {_LONGEST_BODY} huruf."
    if len(form.acts.words) > _LONGEST_WORDS:
        problems["act_words"] = f"Paling panjang {_LONGEST_WORDS} huruf."
    return problems


def _acts(runtime: Runtime, acts: Acts, *, at_pd: bool) -> dict[str, str]:
    problems = dict(_texts(acts))
    if acts.priority and (at_pd or acts.priority not in PRIORITY_WORDS):
        problems["act_priority"] = "Prioritas diubah Diskominfo."
    if acts.step and acts.step not in steps_of(at_pd=at_pd):
        problems["act_step"] = "Pilih langkah dari daftar."
    elif acts.step:
        problems |= _step(runtime, acts)
    return problems


def _texts(acts: Acts) -> Mapping[str, str]:
    """Nobody fills an open place of these: they are carried out as they stand."""
    problems = {}
    for name, text in (("act_words", acts.words), ("act_note", acts.note)):
        if places := unknown_places(text):
            problems[name] = _not_known(places)
        elif left_open(text):
            problems[name] = "Bagian [isi …] tidak dapat dilengkapi di sini."
    return problems


def _step(runtime: Runtime, acts: Acts) -> dict[str, str]:
    rule, problems = STEPS[Step(acts.step)], {}
    bodies = {one.code for one in runtime.tenant.agencies if one.external and one.contact}
    if rule.needs_words and not acts.words.strip():
        problems["act_words"] = "Tulis rencana atau alasannya; warga membacanya."
    if rule.most_days and not (acts.days is not None and 0 <= acts.days <= rule.most_days):
        problems["act_days"] = f"Isi 0 sampai {rule.most_days} hari."
    if rule.needs_body and acts.body not in bodies:
        problems["act_body"] = "Pilih instansi yang berwenang."
    return problems

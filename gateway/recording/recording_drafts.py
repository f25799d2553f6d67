"""Unfinished forms of Catat aduan: kept for a cut line, a lost session, a closed tab."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from gateway.cases.identity import mask_numbers
from gateway.cases.recording_form import FIELDS, FORMS, LONGEST_STORY
from gateway.errors import InvalidInputError, NotFoundError
from gateway.media.media_files import Upload, keep_uploads
from gateway.rules.people import Permission, Staff
from gateway.runtime import Runtime
from store import recordings
from store.models.recording import RecordingDraft

MOST_FILES = 10
_EXCERPT = 60
_LIFE = timedelta(days=1)
# A file that is being kept again just now has no row yet.
_UNTOUCHED = timedelta(hours=1)
_BATCH = 500
_KEPT_LENGTH = 2 * LONGEST_STORY


@dataclass(frozen=True)
class DraftView:
    """A form as it was left: its fields and the names and sizes of its files."""

    key: str
    form: str
    fields: Mapping[str, str]
    files: Sequence[tuple[str, int]]
    saved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One unfinished form in the list of one's own."""

    key: str
    form: str
    words: str
    saved_at: datetime


def keep_draft(
    runtime: Runtime,
    staff: Staff,
    draft: DraftView,
    uploads: Sequence[Upload] = (),
) -> DraftView:
    """Keep what a form holds now, and the files that came with it.

    Raises:
        InvalidInputError: a file was refused; everything else is kept all the same.
    """
    staff.require(Permission.RECORD_CASES)
    _known_form(draft)
    kept_files, refused = keep_uploads(runtime, uploads[: MOST_FILES + 1])
    stored = [{"filename": name, **asdict(file)} for name, file in kept_files]
    now = runtime.now()
    with runtime.transaction() as session:
        # Locked before it is looked at: the same form may be saved at this moment.
        row = recordings.open_draft(session, staff.id, draft.key, draft.form, now)
        if recordings.filed_from(session, staff.id, draft.key) is not None:
            recordings.leave(session, stored, now)
            recordings.drop(session, staff.id, draft.key)
            return draft
        fields = {name: draft.fields.get(name, "")[:_KEPT_LENGTH] for name in FIELDS}
        recordings.fill(row, fields, now)
        joined = _joined(row.files, stored)
        row.files = joined[:MOST_FILES]
        recordings.leave(session, joined[MOST_FILES:], now)
        kept = _view(row)
    if len(joined) > MOST_FILES:
        refused = f"{refused} Paling banyak {MOST_FILES} berkas; yang lain tidak disimpan.".strip()
    if refused:
        raise InvalidInputError({"files": refused})
    return kept


def draft(runtime: Runtime, staff: Staff, key: str) -> DraftView:
    """Return one of one's own unfinished forms.

    Raises:
        NotFoundError: there is none (any more), or it is somebody else's.
    """
    staff.require(Permission.RECORD_CASES)
    with runtime.transaction() as session:
        row = recordings.draft_of(session, staff.id, key)
        if row is None:
            raise NotFoundError("draft")
        return _view(row)


def drafts(runtime: Runtime, staff: Staff) -> list[DraftLine]:
    """Return one's own unfinished forms, newest first."""
    staff.require(Permission.RECORD_CASES)
    with runtime.transaction() as session:
        return [
            DraftLine(
                row.key,
                row.form,
                mask_numbers(str(row.fields.get("story", "")))[:_EXCERPT] or "belum ada isi",
                row.saved_at,
            )
            for row in recordings.drafts_of(session, staff.id)
        ]


def drop_draft(runtime: Runtime, staff: Staff, key: str) -> None:
    """Throw one of one's own unfinished forms away."""
    staff.require(Permission.RECORD_CASES)
    with runtime.transaction() as session:
        row = recordings.draft_of(session, staff.id, key, lock=True)
        if row is not None:
            recordings.leave(session, row.files, runtime.now())
            recordings.drop(session, staff.id, key)


def drop_file(runtime: Runtime, staff: Staff, key: str, place: int) -> None:
    """Take one file out of an unfinished form (`place` counts from 0); twice does no harm."""
    staff.require(Permission.RECORD_CASES)
    with runtime.transaction() as session:
        row = recordings.draft_of(session, staff.id, key, lock=True)
        if row is not None and 0 <= place < len(row.files):
            recordings.leave(session, [row.files[place]], runtime.now())
            row.files = [file for at, file in enumerate(row.files) if at != place]


def clean(runtime: Runtime) -> int:
    """Forget forms that nobody finished within a day, and delete files that nothing needs.

    Returns:
        How many files were deleted.
    """
    now = runtime.now()
    with runtime.transaction() as session:
        recordings.drop_older(session, now - _LIFE, now, _BATCH)
    with runtime.transaction() as session:
        looked_at, keys = recordings.unused(session, now - _UNTOUCHED, _BATCH)
    deleted = sum(runtime.media.drop_old(key, now - _UNTOUCHED) for key in keys)
    if looked_at:
        with runtime.transaction() as session:
            recordings.forget_left(session, looked_at)
    return deleted


def _known_form(draft: DraftView) -> None:
    if draft.form not in FORMS or not 8 <= len(draft.key) <= 32:
        raise NotFoundError("form")


def _joined(
    before: Sequence[dict[str, Any]], added: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return all files of a form, the same content once."""
    joined = {file["sha256"]: file for file in (*before, *added)}
    return list(joined.values())


def _view(row: RecordingDraft) -> DraftView:
    files = [(str(file["filename"]), int(file["size_bytes"])) for file in row.files]
    return DraftView(row.key, row.form, dict(row.fields), files, row.saved_at)

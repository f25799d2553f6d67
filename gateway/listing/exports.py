"""CSV and XLSX of what the list shows: redacted and approved texts only, a batch at a time.

No batch asks more than three queries, none holds a transaction while bytes travel, and memory does
not grow with the number of rows. Whoever downloads, and with which filter, stands in the audit.
"""

import csv
import io
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import IO, Any

import xlsxwriter
from sqlalchemy import ColumnElement

from gateway.cases.identity import mask_numbers
from gateway.listing.list_filter import Criteria, asked_by, case_filter
from gateway.listing.search_words import forgiving, terms_of
from gateway.rules.dates import local
from gateway.rules.people import Permission, Staff
from gateway.rules.statuses import PRIORITY_WORDS, STATUS_LABELS
from gateway.rules.windows import CHANNEL_WORDS
from gateway.runtime import Runtime
from gateway.showing.showing import KIND_WORDS
from store import listing, queues, reading, search
from store.models.complaint import Privacy
from store.models.staff import AuditEntry
from store.visibility import seen_by

MOST_ROWS = 100_000
_BATCH = 1_000
_CHUNK_BYTES = 64 * 1024
_BOM = "\ufeff"  # without it Excel takes UTF-8 for something else
# A cell that begins so is a formula to a spreadsheet, whoever wrote it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", *"\uff1d\uff0b\uff0d\uff20")
_NOT_APPROVED = "(belum disetujui untuk publik)"
_SECRET = "(rahasia)"
_WIDTHS = (13, 40, 60, 26, 18, 26, 32, 20, 20, 16, 11, 17, 17, 17, 17, 9)

HEADINGS = (
    "Nomor",
    "Judul publik",
    "Isi publik",
    "Status",
    "Jenis",
    "Kategori",
    "Perangkat Daerah",
    "Desa/Kelurahan",
    "Kecamatan",
    "Kanal",
    "Prioritas",
    "Diterima",
    "Diperbarui",
    "Batas terdekat",
    "Selesai",
    "Lampiran",
)


class Format(StrEnum):
    """What an export can be."""

    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True)
class _Names:
    """Names that all rows share."""

    pds: dict[str, str]
    categories: dict[str, str]
    timezone: str


def stream(runtime: Runtime, staff: Staff, asked: Criteria, kind: Format) -> Iterator[bytes]:
    """Log the export and return its bytes, piece by piece, to be read once.

    Raises:
        ForbiddenError: this role takes nothing away.
    """
    staff.require(Permission.EXPORT_CASES)
    asked = asked_by(staff, asked)
    with runtime.transaction() as session:
        where = seen_by(staff.role, staff.pd_code) & listing.matching(case_filter(runtime, asked))
        searched = terms_of(asked.words)
        if searched:
            terms, _ = forgiving(session, searched)
            where &= search.meets(search.query_of(terms))
        names = _Names(
            pds=reading.pd_names(session),
            categories={item.code: item.name for item in runtime.tenant.categories},
            timezone=runtime.profile.timezone,
        )
        filters = asked.query(words="ya" if asked.words else "")  # words may name somebody
        session.add(
            AuditEntry(
                at=runtime.now(),
                actor_id=staff.id,
                action="export",
                data={"format": kind.value, "filter": filters},
            )
        )
    rows = iter(()) if asked.words and not searched else _rows(runtime, where, names)
    return _csv(rows) if kind is Format.CSV else _xlsx(rows)


def _rows(
    runtime: Runtime, where: ColumnElement[bool], names: _Names
) -> Iterator[Sequence[str | int]]:
    """Give the cells of each case, newest first; each batch in a transaction of its own."""
    after: int | None = None
    given = 0
    while given < MOST_ROWS:
        with runtime.transaction() as session:
            batch = listing.export_batch(session, where, after, min(_BATCH, MOST_ROWS - given))
            files = queues.attachment_counts(session, [row.id for row in batch])
        for row in batch:
            yield _cells(row, files.get(row.id, 0), names)
        given += len(batch)
        if len(batch) < _BATCH:
            return
        after = batch[-1].id


def _cells(row: Any, files: int, names: _Names) -> Sequence[str | int]:
    hidden = ""
    if row.privacy is Privacy.SECRET:
        hidden = _SECRET
    elif row.public_approved_at is None:
        hidden = _NOT_APPROVED
    return (
        row.ticket,
        hidden or mask_numbers(row.title),
        hidden or mask_numbers(row.public_text),
        STATUS_LABELS[row.status],
        KIND_WORDS.get(row.kind, row.kind),
        names.categories.get(row.category_code or "", ""),
        names.pds.get(row.pd_code or "", ""),
        row.desa or "",
        row.kecamatan or "",
        CHANNEL_WORDS[row.channel],
        PRIORITY_WORDS[row.priority.value],
        _time(row.received_at, names.timezone),
        _time(row.last_activity_at, names.timezone),
        _time(row.due_at if row.due_at.year < _FAR else None, names.timezone),
        _time(row.resolved_at, names.timezone),
        files,
    )


_FAR = 9000
_LONGEST_CELL = 32_767  # what Excel takes


def _time(instant: datetime | None, timezone: str) -> str:
    """Return e.g. ``2026-11-26 13:40``: sorts in a spreadsheet and reads the same everywhere."""
    return "" if instant is None else f"{local(instant.astimezone(UTC), timezone):%Y-%m-%d %H:%M}"


def _csv(rows: Iterator[Sequence[str | int]]) -> Iterator[bytes]:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    text.write(_BOM)
    writer.writerow(HEADINGS)
    for row in rows:
        writer.writerow([_harmless(cell) if isinstance(cell, str) else cell for cell in row])
        if text.tell() >= _CHUNK_BYTES:
            yield _taken(text)
    yield _taken(text)


def _taken(text: io.StringIO) -> bytes:
    data = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return data


def _harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell


def _xlsx(rows: Iterator[Sequence[str | int]]) -> Iterator[bytes]:
    """Write the workbook to a file on disk, row by row, and give its bytes."""
    with tempfile.TemporaryFile() as file:
        _write_workbook(file, rows)
        file.seek(0)
        while piece := file.read(_CHUNK_BYTES):
            yield piece


def _write_workbook(file: IO[bytes], rows: Iterator[Sequence[str | int]]) -> None:
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(file, options)
    sheet = book.add_worksheet("Aduan")
    bold = book.add_format({"bold": True, "bottom": 1})
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 1)
    for column, heading in enumerate(HEADINGS):
        sheet.write_string(0, column, heading, bold)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if cell == "":
                continue
            if isinstance(cell, str):
                sheet.write_string(number, column, cell[:_LONGEST_CELL])
            else:
                sheet.write_number(number, column, cell)
    book.close()

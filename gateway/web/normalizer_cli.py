"""`flask --app wsgi normalizer learn | report | rollback | review`.

How complaints are understood, and learning from what officers made of them.
"""

from typing import Any

import click
from flask import Blueprint

from gateway.errors import NotFoundError
from gateway.learning import feedback_review, learning
from gateway.learning.feedback_review import FIELD_WORDS
from gateway.web.access import runtime

blueprint = Blueprint("normalizer", __name__, cli_group="normalizer")

_DAYS = click.IntRange(1, 3660)
_ROWS = click.IntRange(1, 1000)


_TARGETS = {"pd": "Perangkat Daerah", "category": "Kategori"}


@blueprint.cli.command("learn")
@click.option("--report", is_flag=True, help="Show how good the current model is; learn nothing.")
def learn(report: bool) -> None:
    """Teach the models from scratch, from all dispositions.

    It may be stopped at any moment: the model before stays until the new one is whole.
    """
    if report:
        facts = learning.current(runtime())
        if facts is None:
            raise click.ClickException("Belum ada model. Kata kunci menyarankan sendiri.")
        _print_model(facts)
        return
    if not learning.is_on(runtime()):
        raise click.ClickException("Paket belajar belum terpasang: make learning")
    facts = learning.learn(runtime(), _progress)
    if facts is None:
        raise click.ClickException(
            f"Belum cukup disposisi: perlu {learning.FEWEST}. Kata kunci menyarankan sendiri."
        )
    _print_model(facts)


@blueprint.cli.command("rollback")
def rollback() -> None:
    """Go back to the model before the current one; a second time goes forth again."""
    try:
        version = learning.rollback(runtime())
    except NotFoundError:
        raise click.ClickException("Tidak ada model sebelumnya.") from None
    click.echo(f"Model {version} dipakai lagi.")


def _progress(done: int, total: int) -> None:
    if done == total or done % max(1, total // 10) == 0:
        click.echo(f"{100 * done // total} %", err=True)


def _print_model(facts: dict[str, Any]) -> None:
    click.echo(f"Model {facts['version']} dari {facts['rows']} disposisi, {facts['at']}")
    for target, words in _TARGETS.items():
        found = facts["reports"].get(target)
        if not found or not found["rows"]:
            continue
        click.echo(f"\n{words}: {facts['classes'][target]} kelas, bagian {facts['shares'][target]}")
        click.echo(f"  diuji pada {found['rows']} disposisi terbaru yang tidak dipelajari")
        for label, name in _FIGURES:
            click.echo(f"  {label}\t{found[name]:.1%}")
        click.echo("  yakin -> benar (jumlah)")
        for sure, right, size in found["bins"]:
            click.echo(f"  {sure:.0%} -> {right:.0%} ({size})")


_FIGURES = (
    ("pilihan pertama tepat", "first_right"),
    ("ada di tiga besar", "among_three"),
    ("separuh paling yakin", "confident_half_right"),
    ("selisih kalibrasi (ECE)", "calibration_error"),
    ("kata kunci saja", "keywords_right"),
)


@blueprint.cli.command("review")
@click.option("--since-days", type=_DAYS, default=90, show_default=True, help="How far back.")
@click.option("--limit", type=_ROWS, default=20, show_default=True, help="How many lines.")
def review(since_days: int, limit: int) -> None:
    """List what officers corrected most, and how good the suggestions were each month.

    Texts, names of people and addresses are never printed.
    """
    found = feedback_review.review(runtime(), days=since_days, limit=limit)
    click.echo("Paling sering dikoreksi (bidang, terbaca -> seharusnya, jumlah, contoh):")
    for item in found.mistakes:
        change = f"{item.understood or '-'} -> {item.corrected or '-'}"
        field = FIELD_WORDS.get(item.field, item.field)
        click.echo(f"{field}\t{change}\t{item.count}\t{' '.join(item.tickets)}")
    if not found.mistakes:
        click.echo("Belum ada koreksi.")
    click.echo("\nKetepatan saran (bulan, bidang, keputusan, diberi saran, tepat, tiga besar):")
    for row in found.accuracy:
        shares = f"{row.first_right:.1%}\t{row.among_three:.1%}"
        field = FIELD_WORDS.get(row.field, row.field)
        click.echo(f"{row.month}\t{field}\t{row.decided}\t{row.suggested}\t{shares}")
    if not found.accuracy:
        click.echo("Belum ada disposisi.")

"""`flask --app wsgi normalizer review`: how well complaints are understood."""

import click
from flask import Blueprint

from gateway import feedback_review
from gateway.feedback_review import FIELD_WORDS
from gateway.web.access import runtime

blueprint = Blueprint("normalizer", __name__, cli_group="normalizer")

_DAYS = click.IntRange(1, 3660)
_ROWS = click.IntRange(1, 1000)


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

"""`flask --app wsgi audit verify | seal`."""

import click
from flask import Blueprint

from gateway import audit
from gateway.audit import Finding
from gateway.web.access import runtime

blueprint = Blueprint("audit", __name__, cli_group="audit")

_SUBJECTS = {"complaint": "aduan", "audit": "catatan audit", "anchor": "jangkar"}
_FAULTS = {
    "changed": "diubah",
    "missing": "hilang",
    "reordered": "ditukar urutannya",
    "truncated": "dipotong di ujungnya",
    "unsealed": "tidak ada di jangkar mana pun",
}
_BROKEN = 1


@blueprint.cli.command("verify")
@click.option("--after", default=0, help="Go on behind this complaint id.")
@click.option("--expect", default="", help='An anchor noted elsewhere: "NUMBER DIGEST".')
@click.pass_context
def verify(context: click.Context, after: int, expect: str) -> None:
    """Check the whole history; exit code 1 if anything was tampered with."""
    broken = bool(expect) and not audit.knows_anchor(runtime(), expect)
    if broken:
        click.echo("Jangkar yang dicatat di luar tidak ada lagi, atau isinya lain.")
    for progress in audit.verify_complaints(runtime(), after):
        for finding in progress.findings:
            broken = True
            click.echo(_line(finding))
        click.echo(
            f"{progress.checked} aduan diperiksa; lanjutkan dengan --after {progress.complaint_id}",
            err=True,
        )
    for finding in audit.verify_rest(runtime()):
        broken = True
        click.echo(_line(finding))
    click.echo(f"Jangkar terakhir: {audit.last_anchor_line(runtime()) or 'belum ada'}")
    click.echo("Riwayat TIDAK utuh." if broken else "Riwayat utuh.")
    context.exit(_BROKEN if broken else 0)


@blueprint.cli.command("seal")
def seal() -> None:
    """Write the anchors that are due now instead of within a minute."""
    click.echo(f"{audit.seal(runtime())} jangkar ditulis.")


def _line(finding: Finding) -> str:
    entry = f", entri {finding.entry}" if finding.entry is not None else ""
    return f"{_SUBJECTS[finding.subject]} {finding.number}{entry}: {_FAULTS[finding.fault]}"

import json
from pathlib import Path

from normalizer.__main__ import main
from normalizer.confusion import Part, page_of
from normalizer.scoring import Score

GOLD = Path(__file__).resolve().parent.parent / "data" / "gold"


def row(text: str = "lampu mati", row_id: str = "X1") -> dict[str, object]:
    return {"id": row_id, "messages": [{"text": text}]}


def result(row_id: str = "X1") -> dict[str, object]:
    return {"id": row_id, "evidence": {"location": "read from: depan pasar", "kind": "sure to 55%"}}


def test_a_miss_is_told_with_its_reason_and_text():
    score = Score()
    score.judge("landmark F1", "X1", 0.5, "pasar", "depan pasar")
    score.misses.append(("kind", "X1", "spam", "pengaduan"))
    score.judge("reporter name", "X1", 0, None, "A|B <c>")

    page = page_of([Part("tune", score, [row()], [result()])])

    assert (
        "| X1 | landmark F1 | pasar | depan pasar | read from: depan pasar | lampu mati |" in page
    )
    assert "| X1 | kind | spam | pengaduan | sure to 55% | lampu mati |" in page
    assert "| X1 | reporter name | nothing | A/B &lt;c> |  | lampu mati |" in page
    assert "| landmark F1 | at least 85% | **50.0% of 1** |" in page


def test_a_long_text_is_cut_and_a_pair_of_rows_is_not_listed():
    score = Score()
    score.judge("desa", "X1", 0, "Damon", None)
    score.judge("duplicate pairs found", "X1+X2", 0, "same", "different")

    page = page_of([Part("own", score, [row("a" * 200)], [result()])], "A word on own.\n")

    assert "a" * 160 + "... |" in page
    assert "a" * 161 not in page
    assert page.index("## Totals") < page.index("A word on own.") < page.index("## own")
    assert "X1+X2" not in page


def test_a_part_without_misses_says_so_and_one_without_rows_is_only_counted():
    page = page_of([Part("own", Score(), [row()], [result()]), Part("check", Score())])

    assert "## own: every miss\n\nNothing was missed." in page
    assert "## check" not in page
    assert "| own | check |" in page


def test_the_page_shows_no_row_of_the_file_that_is_only_counted(tmp_path):
    page = tmp_path / "page.md"
    rows = (GOLD / "own.jsonl").read_text(encoding="utf-8").splitlines()
    shown, hidden = tmp_path / "shown.jsonl", tmp_path / "hidden.jsonl"
    missed = json.loads(rows[1])
    missed["expect"]["kind"] = "spam"
    shown.write_text(json.dumps(missed), encoding="utf-8")
    hidden.write_text("\n".join(rows[:1]), encoding="utf-8")

    both = main(["score", "--gold", str(shown), "--totals", str(hidden), "--page", str(page)])
    with_hidden = page.read_text(encoding="utf-8")
    alone = main(["score", "--gold", str(shown), "--page", str(page)])

    assert (both, alone) == (0, 0)
    assert "| shown | hidden |" in with_hidden
    assert "## shown: every miss" in with_hidden
    assert "## hidden" not in with_hidden
    assert "hidden" not in page.read_text(encoding="utf-8")

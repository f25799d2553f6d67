import psycopg
import pytest

from local.migrations import main


def test_an_empty_database_is_brought_to_the_newest_schema(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DATABASE_URL", empty_database_url)

    code = main(["upgrade"])

    with psycopg.connect(empty_database_url) as connection:
        row = connection.execute("SELECT to_regclass('complaint') IS NOT NULL").fetchone()
    assert code == 0
    assert row == (True,)


def test_a_database_that_does_not_answer_gives_one_line(
    free_port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("DATABASE_URL", f"postgresql://u:geheim@127.0.0.1:{free_port}/x")

    code = main(["upgrade"])

    said = capsys.readouterr().err
    assert code == 1
    assert len(said.splitlines()) == 1
    assert "geheim" not in said


@pytest.mark.parametrize("arguments", [[], ["new", ""], ["down"]])
def test_without_a_clear_wish_nothing_happens(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
):
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("Say what: make migrate")

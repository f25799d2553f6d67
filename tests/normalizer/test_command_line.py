import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from normalizer.__main__ import main

GOLD = Path(__file__).resolve().parent.parent / "data" / "gold"
ROW = {
    "id": "X1",
    "tenant": "bengkalis",
    "channel": "facebook",
    "received_at": "2026-11-20T10:00:00+07:00",
    "messages": [
        {
            "at": "2026-11-20T10:00:00+07:00",
            "text": "Lapor lampu jalan mati di Jl. Sudirman RT 03 desa Air Putih, sekitar 5 hari "
            "lalu. NIK 1403160901909105 nama saya Ratna",
            "attachments": ["foto"],
        }
    ],
}


def test_extract_writes_one_row_of_findings_for_each_conversation(monkeypatch, capsys):
    unknown = {**ROW, "id": "X2", "channel": "carrier pigeon", "messages": []}
    del unknown["tenant"]
    lines = f"{json.dumps(ROW)}\n\n{json.dumps(unknown)}\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))

    code = main(["extract", "--tenant", "bintan"])

    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert code == 0
    assert (first["id"], second["id"]) == ("X1", "X2")
    assert first["nik"] == "1403160901909105"
    assert (first["sex"], first["birth_date"]) == ("L", "1990-01-09")
    assert first["reporter_name"] == "Ratna"
    assert first["kind"] == "pengaduan"
    assert first["event_start"] == {
        "value": "2026-11-15",
        "precision": "day",
        "text": "sekitar 5 hari lalu",
        "tolerance_days": 1,
        "approx": True,
    }
    assert first["location"]["desa"] == "Air Putih"
    assert first["location"]["kode_wilayah"] == "14.03.01.2011"
    assert first["location"]["rt"] == "3"
    assert first["pd_top"][0] == "DISHUB"
    assert first["missing"] == []
    assert "1403160901909105" not in first["public_text"]
    assert "Ratna" not in first["public_text"]


def test_score_prints_every_line_of_the_goals(capsys):
    code = main(["score", "--gold", str(GOLD / "tune.jsonl")])

    printed = capsys.readouterr().out
    assert code == 0
    assert "nik exact" in printed
    assert "duplicate pairs false" in printed
    assert "expected" in printed


def test_the_module_runs_by_itself():
    done = subprocess.run(
        [sys.executable, "-m", "normalizer", "extract"],
        input=json.dumps(ROW),
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(done.stdout)["kind"] == "pengaduan"


def test_brief_leaves_out_the_rows(capsys):
    main(["score", "--brief", "--gold", str(GOLD / "own.jsonl")])

    assert "expected" not in capsys.readouterr().out


def test_an_unknown_government_is_refused(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps({**ROW, "tenant": "atlantis"})))

    with pytest.raises(SystemExit, match="atlantis"):
        main(["extract"])

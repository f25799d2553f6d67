"""A government goes out to TOML and comes back with the same rows."""

import tomllib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from config.tenant_files import read_tenant_file, tenant_names
from gateway.errors import InvalidInputError
from gateway.settings import settings, tenant_toml, tenant_transfer
from store import answer_templates, setting_changes, tenant
from store.models.answering import AnswerTemplate
from store.models.staff import Category, Holiday, PerangkatDaerah, TenantSetting
from tests.gateway.office import HOLIDAYS, open_office
from tests.gateway.pages import make_app

VALUES = st.recursive(
    st.text(st.characters(exclude_categories=["Cs"])) | st.integers(-(2**62), 2**62) | st.booleans()
    | st.dates(),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
TABLES = st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), VALUES)


@settings_of_hypothesis(max_examples=40)
@given(plain=TABLES, inner=TABLES, rows=st.lists(TABLES, min_size=1, max_size=3))
def test_whatever_is_written_is_read_back(plain, inner, rows):
    data = {**{f"p{name}": value for name, value in plain.items()}, "t-1": inner, "r": rows}

    assert tomllib.loads(tenant_toml.dumps(data)) == data


def test_what_no_government_has_is_refused():
    with pytest.raises(TypeError):
        tenant_toml.dumps({"a": object()})


def everything(runtime):
    with runtime.transaction() as session:
        return tenant.read_all(session)


def empty(runtime):
    with runtime.transaction() as session:
        for table in (Category, PerangkatDaerah, Holiday, TenantSetting, AnswerTemplate):
            session.query(table).delete()


@pytest.mark.parametrize("name", tenant_names())
def test_seed_export_seed_gives_the_same_rows(runtime, name):
    with runtime.transaction() as session:
        tenant.seed(session, read_tenant_file(name), HOLIDAYS)
        tenant.put_category(session, {"code": "LAIN", "name": 'Lain "x"', "active": False})
        tenant.put_section(session, "texts", {"gangguan": {"sms": "Maaf\\", "rich": "M\n*aaf* 🙏"}})
    before = everything(runtime)

    text = tenant_transfer.export(runtime)
    empty(runtime)
    with runtime.transaction() as session:
        tenant.seed(session, tomllib.loads(text), {})

    assert everything(runtime) == before


def test_an_import_of_the_export_changes_nothing(runtime):
    open_office(runtime)

    assert tenant_transfer.bring_in(runtime, tenant_transfer.export(runtime)) == 0


def test_an_import_makes_the_settings_those_of_the_file_and_says_so_in_the_history(runtime):
    office = open_office(runtime)
    kept = tenant_transfer.export(runtime)
    before = everything(runtime)
    settings.change(runtime, office.tuti, "clocks", "", {"preset": "besadu"}, 0)
    settings.create(runtime, office.tuti, "pd", {"code": "BARU", "name": "Dinas Baru"})
    settings.create(runtime, office.tuti, "holiday", {"day": "2026-12-02", "name": "Uji"})
    text = {"sms": "Maaf.", "rich": "Maaf."}
    settings.change(runtime, office.tuti, "text", "gangguan", text, 0)
    with runtime.transaction() as session:
        own = {"name": "Milik sendiri", "body": "Isi", "owner": "Rina"}
        answer_templates.seed(session, [own | {"review_on": date(2027, 1, 31)}])

    changed = tenant_transfer.bring_in(runtime, kept)

    after = everything(runtime)
    left = [row for row in after["agency"] if row["code"] == "BARU"]
    with runtime.transaction() as session:
        line = setting_changes.history(session, "clocks", "", None, 1)[0]
    put_away = [row["active"] for row in after["answer_template"] if row["name"] == own["name"]]
    assert changed == 5
    assert put_away == [False]
    assert [row["active"] for row in left] == [False]
    assert (after["clocks"], after["holiday"]) == (before["clocks"], before["holiday"])
    assert after["texts"] == {}
    assert line.actor is None


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ("ini bukan = = toml", "TOML"),
        ("", "identity"),
        ("[entah]\nx = 1\n{good}", "entah"),
        ('{good}\n[texts.gangguan]\nsms = "{{TIDAKADA}}"\nrich = "x"\n', "TIDAKADA"),
        ('{good}\n[texts.tidak_ada]\nsms = "x"\nrich = "x"\n', "tidak_ada"),
        ('{good}\n[[holiday]]\nday = "besok"\nname = "x"\n', "holiday"),
    ],
)
def test_a_file_that_will_not_do_changes_nothing(runtime, broken, words):
    open_office(runtime)
    good = "\n".join(
        part
        for part in tenant_transfer.export(runtime).split("\n\n")
        if not part.startswith(("[[holiday]]", "[texts"))
    )
    before = everything(runtime)

    with pytest.raises(InvalidInputError) as refused:
        tenant_transfer.bring_in(runtime, broken.format(good=good))

    assert words in "".join(refused.value.problems.values())
    assert everything(runtime) == before


def test_the_command_line_exports_and_imports(runtime, tmp_path):
    open_office(runtime)
    shell = make_app(runtime).test_cli_runner()
    file = tmp_path / "daerah.toml"

    out = shell.invoke(args=["tenant", "export", str(file)])
    shown = shell.invoke(args=["tenant", "export"])
    back = shell.invoke(args=["tenant", "import", str(file)])
    file.write_bytes(b"\xff\xfe")
    binary = shell.invoke(args=["tenant", "import", str(file)])
    file.write_text("x = ")
    broken = shell.invoke(args=["tenant", "import", str(file)])

    assert "Tersimpan" in out.output
    assert "[identity]" in shown.output
    assert "Tidak ada yang berubah." in back.output
    assert (binary.exit_code, broken.exit_code) == (1, 1)
    assert "UTF-8" in binary.output

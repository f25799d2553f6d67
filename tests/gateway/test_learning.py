"""Learning from dispositions: a second opinion beside the keywords. The complaints are made up."""

import random
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from channels.message import ChannelName
from gateway.errors import NotFoundError
from gateway.learning import learning, learning_course, learning_files
from gateway.learning.learning_features import features_of, words_of
from gateway.learning.learning_model import Blend, LinearModel, Trial, calibrate, report
from store import learning as rows
from store import states
from store.learning import Decided
from store.models.complaint import Complaint, ComplaintStatus, Disposisi, Privacy
from tests.gateway.office import open_office
from tests.gateway.pages import make_app
from tests.gateway.rows import all_of

# Words that no keyword list knows: what is right can only be learned.
TALES = {
    ("DPUPR", "JALAN_JEMBATAN"): "gronjalan ambles krowak gompal nggronjal",
    ("DLH", "SAMPAH"): "ngebul semerbak uget kresek numpuk",
    ("DISHUB", "PJU"): "byarpet peteng kedip ndlap remang",
}
FILLING = ["pak", "mohon", "segera", "dekat", "warung", "sudah", "lama", "warga", "tolong"]
NIGHT = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)  # 02.00 WIB


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def taught(runtime, office, tmp_path):
    """The runtime with its government and a folder for models."""
    assert office.runtime is runtime
    return replace(runtime, learning_dir=tmp_path / "learning")


def tale(chance, key):
    words = chance.choices(TALES[key].split(), k=3) + chance.choices(FILLING, k=6)
    chance.shuffle(words)
    return " ".join(words)


def a_case(runtime, number, text, **columns):
    now = runtime.now()
    return Complaint(
        ticket=f"UJI-{number:06d}", pin_hash="-", status_at=now, kind="complaint",
        privacy=Privacy.ANONYMOUS, channel=ChannelName.WHATSAPP, original_text="-",
        title="Aduan", public_text=text, received_at=now, last_activity_at=now, **columns,
    )  # fmt: skip


def decide(runtime, count, first=0, seed=1):
    """Store `count` disposed cases whose office follows from their words."""
    chance = random.Random(seed)  # noqa: S311 (made-up complaints)
    keys = list(TALES)
    with runtime.transaction() as session:
        cases = []
        for number in range(first, first + count):
            pd, category = key = chance.choice(keys)
            case = a_case(
                runtime, number, tale(chance, key), status=ComplaintStatus.DISPOSED,
                pd_code=pd, category_code=category,
            )  # fmt: skip
            cases.append(case)
        session.add_all(cases)
        session.flush()
        at = runtime.now() - timedelta(hours=1)
        for case in cases:
            session.add(Disposisi(complaint_id=case.id, pd_code=case.pd_code, created_at=at))


def waits(runtime, number, text):
    with runtime.transaction() as session:
        session.add(a_case(runtime, number, text, status=ComplaintStatus.RECEIVED))
    return f"UJI-{number:06d}"


def case_of(runtime, ticket):
    with runtime.transaction() as session:
        return session.scalars(select(Complaint).where(Complaint.ticket == ticket)).one()


def quiet(_done, _total):
    """Progress that nobody watches."""


def decided(count, seed=1):
    chance = random.Random(seed)  # noqa: S311 (made-up complaints)
    keys = chance.choices(list(TALES), k=count)
    return [
        Decided(number + 1, key[0], key[1], tale(chance, key)) for number, key in enumerate(keys)
    ]


def test_names_niks_and_phones_never_become_features(office):
    ticket = office.hears(
        "Saya Hartono, NIK 1403010107859002, hubungi 0812 5550 1021 atau hartono@contoh.id. "
        "Lampu jalan depan masjid desa Air Putih mati sejak 3 November 2026."
    )
    text = office.complaint(ticket).public_text

    words = words_of(text)

    assert "lampu" in words
    assert "disamarkan" not in words
    assert not any("hartono" in word or not word.isalpha() for word in words)
    assert features_of(text).words == words


def test_even_without_redaction_nothing_with_a_figure_or_an_address_is_learned():
    words = words_of("NIK 1403010107859002 hp 081255501021 budi@contoh.id https://x.id/budi t1ga")

    assert words == ["nik", "hp"]


@pytest.mark.parametrize("text", ["", "🙏🙏🙏", "[nama disamarkan]", "123 456", "\n\n"])
def test_a_text_without_words_teaches_nothing_and_asks_nothing(text):
    model = LinearModel.empty()
    model.learn(features_of("jalan ambles"), "DPUPR")

    model.learn(features_of(text), "DLH")

    assert model.classes == ["DPUPR"]
    assert model.shares(features_of(text)) == {}
    assert model.reasons(features_of(text), "DPUPR") == ()


def test_a_huge_text_has_bounded_features():
    features = features_of("jalan rusak sekali " * 100_000)

    assert len(features.words) == 400


def test_a_model_tells_the_words_that_caused_its_answer():
    model = LinearModel.empty()
    for row in decided(150):
        model.learn(features_of(row.text), row.pd)

    features = features_of("tolong pak krowak dekat warung")

    shares = model.shares(features)
    assert max(shares, key=shares.__getitem__) == "DPUPR"
    assert model.reasons(features, "DPUPR")[0] == "krowak"
    assert model.reasons(features, "TIDAK_ADA") == ()


def test_confidence_is_what_was_right_how_often():
    chance = random.Random(5)  # noqa: S311 (made-up complaints)
    # The model always says 0.99, and is right seven times in ten.
    trials = [
        Trial({"A": 0.99, "B": 0.01}, {}, "A" if chance.random() < 0.7 else "B")
        for _ in range(1000)
    ]

    blend = calibrate(trials[:500])
    found = report(trials[500:], blend)

    assert blend.share == 1.0
    assert 0.6 < blend.confidence(0.99) < 0.8
    assert found.calibration_error < 0.1
    assert 0.6 < found.first_right < 0.8
    assert found.among_three == 1.0


def test_a_model_that_is_worse_than_the_keywords_keeps_quiet():
    trials = [Trial({"A": 0.9, "B": 0.1}, {"B": 0.6}, "B") for _ in range(50)]

    assert calibrate(trials).share < 0.5
    assert calibrate([]) == Blend()
    assert report([], Blend()).rows == 0


def test_a_model_learns_what_no_keyword_knows(runtime):
    cases = decided(400)

    learned = learning_course.teach(lambda: iter(cases), len(cases), runtime.tenant, quiet)

    found = learned.reports["pd"]
    assert found.rows == 40
    assert found.first_right > 0.9
    assert found.keywords_right < 0.5
    assert found.confident_half_right >= found.first_right
    opinion = learning_course.opinion(learned, "mohon pak byarpet sudah lama", runtime.tenant)
    assert opinion.pds[0].pd == "DISHUB"
    assert "byarpet" in opinion.pds[0].words
    assert opinion.category == "PJU"
    assert learning_course.opinion(learned, "", runtime.tenant).pds is None


def test_below_enough_decisions_the_keywords_are_alone(taught):
    decide(taught, 30)

    assert learning.learn(taught, quiet) is None
    assert learning.current(taught) is None


def test_learning_gives_waiting_cases_an_opinion_without_disturbing_officers(taught):
    decide(taught, 250)
    ticket = waits(taught, 900, "tolong pak kresek ngebul numpuk dekat warung")
    version = case_of(taught, ticket).version
    facts = learning.learn(taught, quiet)

    given = learning.drain(taught)

    case = case_of(taught, ticket)
    assert given == 1
    assert case.suggestions[0]["pd"] == "DLH"
    assert {"kresek", "ngebul", "numpuk"} & set(case.suggestions[0]["words"])
    assert case.category_code == "SAMPAH"
    assert case.suggested_by == facts["version"]
    assert case.version == version
    assert learning.drain(taught) == 0


def test_a_case_without_words_keeps_what_the_keywords_said(taught):
    decide(taught, 220)
    learning.learn(taught, quiet)
    ticket = waits(taught, 900, "")
    with taught.transaction() as session:
        case = session.scalars(select(Complaint).where(Complaint.ticket == ticket)).one()
        case.suggestions = [{"pd": "DPUPR", "confidence": 0.5, "words": ["jalan"]}]

    learning.drain(taught)

    case = case_of(taught, ticket)
    assert case.suggested_by == "keywords"
    assert case.suggestions == [{"pd": "DPUPR", "confidence": 0.5, "words": ["jalan"]}]


def test_what_was_sent_back_or_undone_is_not_learned(taught):
    decide(taught, 3)
    with taught.transaction() as session:
        first = session.scalars(select(Disposisi).order_by(Disposisi.id)).first()
        first.returned_at = taught.now()
    with taught.transaction() as session:
        assert rows.count_decided(session, 0, taught.now())[0] == 2
        page = rows.decided(session, 0, 10**9, 10, taught.now())
        assert first.id not in [row.id for row in page]
        assert rows.count_decided(session, 0, taught.now() - timedelta(hours=2)) == (0, 0)


def test_the_night_takes_in_what_is_new_and_only_once(taught, clock):
    clock.instant = NIGHT
    decide(taught, 220)
    learning.drain(taught)
    first = learning.current(taught)
    decide(taught, 40, first=300, seed=2)
    learning.drain(taught)
    same_night = learning.current(taught)
    clock.advance(days=1)
    with taught.transaction() as session:
        assert learning.is_due(taught, session)

    learning.drain(taught)

    second = learning.current(taught)
    assert same_night == first
    assert (first["rows"], second["rows"]) == (220, 260)
    assert second["reports"]["pd"]["rows"] == 40
    assert second["reports"]["pd"]["first_right"] > 0.9


def test_by_day_nothing_is_learned(taught):
    decide(taught, 220)

    learning.drain(taught)

    assert learning.current(taught) is None


def test_few_new_decisions_wait_for_another_night(taught, clock):
    clock.instant = NIGHT
    decide(taught, 220)
    learning.drain(taught)
    first = learning.current(taught)
    decide(taught, 5, first=300)
    clock.advance(days=1)

    learning.drain(taught)

    assert learning.current(taught) == first


def test_a_rollback_goes_to_the_model_before_and_older_files_go(taught, clock):
    decide(taught, 220)
    versions = []
    for _ in range(3):
        versions.append(learning.learn(taught, quiet)["version"])
        clock.advance(minutes=1)

    back = learning.rollback(taught)

    assert back == versions[1]
    assert learning.current(taught)["version"] == versions[1]
    files = sorted(path.stem for path in taught.learning_dir.iterdir())
    assert files == sorted(versions[1:])
    assert learning.rollback(taught) == versions[2]


def test_there_is_nothing_to_go_back_to_at_first(taught):
    with pytest.raises(NotFoundError):
        learning.rollback(taught)


def test_a_changed_file_is_not_used(taught):
    decide(taught, 220)
    facts = learning.learn(taught, quiet)
    path = learning_files.path_of(taught.learning_dir, facts["version"])
    path.write_bytes(path.read_bytes() + b"x")
    ticket = waits(taught, 900, "kresek ngebul")

    assert learning.drain(taught) == 0

    assert learning.current(taught) is None
    assert case_of(taught, ticket).suggested_by is None


def test_a_learner_that_is_stopped_leaves_the_model_before(taught):
    decide(taught, 220)
    first = learning.learn(taught, quiet)

    def stop(done, _total):
        if done > 100:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        learning.learn(taught, stop)

    assert learning.current(taught)["version"] == first["version"]
    assert [path.stem for path in taught.learning_dir.iterdir()] == [first["version"]]


def test_a_model_of_other_features_is_refused(tmp_path, monkeypatch, runtime):
    cases = decided(20)
    learned = learning_course.teach(lambda: iter(cases), len(cases), runtime.tenant, quiet)
    sha256 = learning_files.write(tmp_path, "v", learned)
    monkeypatch.setattr(learning_files, "VERSION", 2)

    with pytest.raises(learning_files.ModelFileError, match="other features"):
        learning_files.read(tmp_path, "v", sha256)


def test_without_a_folder_nothing_is_due(runtime, clock):
    clock.instant = NIGHT
    with runtime.transaction() as session:
        states.put(session, "learning", {"current": {"version": "v"}})
        assert not learning.is_due(runtime, session)

    assert learning.drain(runtime) == 0


def test_the_commands_say_what_there_is(taught):
    runner = make_app(taught).test_cli_runner()
    none = runner.invoke(args=["normalizer", "learn", "--report"])
    few = runner.invoke(args=["normalizer", "learn"])
    back = runner.invoke(args=["normalizer", "rollback"])
    decide(taught, 220)
    done = runner.invoke(args=["normalizer", "learn"])
    shown = runner.invoke(args=["normalizer", "learn", "--report"])
    runner.invoke(args=["normalizer", "learn"])
    again = runner.invoke(args=["normalizer", "rollback"])

    assert "Belum ada model." in none.output
    assert "Belum cukup disposisi: perlu 200." in few.output
    assert "Tidak ada model sebelumnya." in back.output
    assert done.exit_code == 0, done.output
    assert "dari 220 disposisi" in shown.output
    assert "selisih kalibrasi (ECE)" in shown.output
    assert "dipakai lagi." in again.output
    assert len(all_of(taught, Disposisi)) == 220


def test_without_the_package_the_command_names_it(runtime):
    result = make_app(runtime).test_cli_runner().invoke(args=["normalizer", "learn"])

    assert "make learning" in result.output


def test_neither_web_nor_worker_loads_numpy_at_start():
    program = "import sys, gateway.app, gateway.boot, gateway.jobs; print('numpy' in sys.modules)"

    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "False"


def test_a_night_that_was_overtaken_throws_its_model_away(taught):
    decide(taught, 220)
    first = learning.learn(taught, quiet)
    learned = learning_files.read(taught.learning_dir, first["version"], first["sha256"])

    published = learning._publish(taught, learned, 240, 999, base="an older one")

    assert published is None
    assert learning.current(taught)["version"] == first["version"]
    assert [path.stem for path in taught.learning_dir.iterdir()] == [first["version"]]


def test_a_first_model_of_many_decisions_is_left_to_the_command(taught, clock, monkeypatch, caplog):
    clock.instant = NIGHT
    monkeypatch.setattr(learning, "_MOST_AT_NIGHT", 210)
    decide(taught, 220)

    learning.drain(taught)

    assert learning.current(taught) is None
    assert "learning_wants_command" in caplog.messages


def test_a_night_takes_in_no_more_than_it_can(taught, clock, monkeypatch):
    clock.instant = NIGHT
    decide(taught, 220)
    learning.drain(taught)
    monkeypatch.setattr(learning, "_MOST_AT_NIGHT", 25)
    decide(taught, 40, first=300, seed=2)
    clock.advance(days=1)
    learning.drain(taught)
    second = learning.current(taught)
    decide(taught, 10, first=400, seed=3)
    clock.advance(days=1)

    learning.drain(taught)

    assert (second["rows"], learning.current(taught)["rows"]) == (245, 270)

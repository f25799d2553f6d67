"""The government in the database."""

from config.tenant_files import read_tenant_file
from store import tenant
from store.db import make_engine, transactions


def test_a_stored_government_reads_back_as_its_file(database_url):
    engine = make_engine(database_url)
    transaction = transactions(engine)
    data = read_tenant_file("bengkalis")

    with transaction() as session:
        assert not tenant.is_seeded(session)
        tenant.seed(session, data, {})
    with transaction() as session:
        assert tenant.is_seeded(session)
        stored = tenant.read(session)

    for section in ("identity", "emergency", "hours", "clocks", "channels", "kecamatan"):
        assert stored[section] == data[section]
    assert {row["code"] for row in stored["agency"]} == {row["code"] for row in data["agency"]}
    engine.dispose()


def test_other_keys_than_the_first_are_noticed(database_url):
    engine = make_engine(database_url)
    transaction = transactions(engine)

    with transaction() as session:
        assert tenant.same_keys(session, "first ring")
    with transaction() as session:
        assert tenant.same_keys(session, "first ring")
        assert not tenant.same_keys(session, "another ring")
    engine.dispose()

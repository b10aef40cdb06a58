"""What REST asks of the past, asked of a real store in the words of :class:`cti.house.Store`."""

from datetime import UTC

import pytest

from cti.protocol import CustomerEntry
from cti.records import fold
from switch.archive import Archive
from switch.customers import ImportRefused
from tests.switch.lives import NINE, day


@pytest.fixture
async def archive(store, tmp_path):
    entries = day(1)
    store.write(entries)
    await store.committed(entries[-1].number)
    return Archive(store, tmp_path, UTC, {}, lambda: NINE + 3600)


async def found(archive, **filters):
    return {record["contact"] for record in await archive.contacts(limit=10_000, **filters)}


async def test_contacts_are_found_by_any_of_several_agents(archive):
    records = fold(day(1)).values()
    agents = sorted({agent for record in records for agent in record.agents})[:2]
    assert await found(archive) == {record.contact for record in records}
    assert await found(archive, agents=agents) == {
        record.contact for record in records if set(record.agents) & set(agents)}
    assert await found(archive, agents=("", agents[0])) == {
        record.contact for record in records if not record.agents or agents[0] in record.agents}
    assert await found(archive, agents=()) == set()


async def test_recordings_are_found_by_their_agents(archive):
    rows = await archive.recordings(limit=10_000)
    agent = rows[0]["agents"][0]
    mine = await archive.recordings(agents=(agent,), limit=10_000)
    assert mine == [row for row in rows if agent in row["agents"]]
    assert await archive.recordings(contact=rows[0]["contact"], agents=None) == [
        row for row in rows if row["contact"] == rows[0]["contact"]]


async def test_customers_are_written_as_rest_hands_them_over(archive):
    assert await archive.put_customers([CustomerEntry(number="+44 20 1", name="Ada", tags=("gold",))]) == 1
    assert (await archive.customer("0044201"))["name"] == "Ada"
    with pytest.raises(ImportRefused, match="open_complaints"):
        await archive.put_customers([CustomerEntry(number="+44 20 1", open_complaints=-1)])

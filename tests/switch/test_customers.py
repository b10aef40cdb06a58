"""Customers are found however their number is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from cti.customers import ImportRefused
from cti.protocol import CustomerEntry
from switch.customers import Customers, import_file, read_file
from switch.store import Store
from switch.store_tables import normalise


@pytest.fixture
def people(store):
    return Customers(store)


async def test_a_customer_is_found_by_any_way_to_write_the_number(people):
    entry = CustomerEntry(number="+44 20 7946-0018", name="Ada", tags=("gold", "a;b"), open_complaints=2, url="http://x")
    assert await people.put_all([entry]) == 1
    found = await people.get("0044 (20) 79460018")
    assert (found.name, found.tags, found.open_complaints) == ("Ada", ("gold", "a;b"), 2)
    assert await people.get("123") is None
    await people.put_all([CustomerEntry(number="00442079460018", name="Grace")])
    assert (await people.get("+442079460018")).name == "Grace"


async def test_search_looks_at_names_and_numbers(people):
    await people.put_all([CustomerEntry(number=f"+4420794600{n}", name=name) for n, name in
                          enumerate(("Ada", "Grace", "Adele", "100%"), 10)])
    assert [each.name for each in await people.search("AD")] == ["Ada", "Adele"]
    assert [each.name for each in await people.search("%")] == ["100%"]
    assert [each.name for each in await people.search("0044 20 794 600 11")] == ["Grace"]
    assert len(await people.search()) == 4
    assert len(await people.search(limit=2, offset=3)) == 1


@pytest.mark.parametrize("entry", [CustomerEntry(number="( )"), CustomerEntry(number="1", open_complaints=-1),
                                   CustomerEntry(number="1", open_complaints=10**30)])
async def test_what_cannot_be_written_is_refused_and_nothing_is_written(people, entry):
    with pytest.raises(ValueError):
        await people.put_all([CustomerEntry(number="5", name="Good"), entry])
    assert await people.search() == []


async def test_a_file_is_imported(tmp_path, url, capsys):
    file = tmp_path / "people.csv"
    file.write_text("number,name,tags\n" + "".join(f"+44{n:06},P{n},a;b\n" for n in range(1200)))
    assert await import_file(url, file) == 0
    assert "500 of 1200" in capsys.readouterr().out
    store = await Store.open(url, 1.0)
    assert store.epoch == 1
    assert (await Customers(store).get("+44000007")).tags == ("a", "b")
    await store.close()


async def test_what_is_right_is_imported_and_all_mistakes_are_told(tmp_path, url, capsys):
    file = tmp_path / "people.yaml"
    file.write_text("- number: '+44 1'\n  name: Ada\n- number: 5\n- name: Nobody\n- number: '0044-1'\n- 7\n"
                    "- number: '3'\n  nmae: x\n- number: '4'\n  open_complaints: -1\n- number: '9'\n  name: Zoe\n")
    assert await import_file(url, file) == 1
    said = capsys.readouterr()
    for line in ("yaml:3: number", "yaml:4: number", "0044-1 is there twice", "yaml:6: write", "yaml:7: ",
                 "open_complaints of 4", "6 could not be imported"):
        assert line in said.err
    assert "2 of 2 customers written" in said.out
    store = await Store.look(url)
    assert {each.name for each in await Customers(store).search()} == {"Ada", "Zoe"}
    await store.close()
    assert await import_file(url, tmp_path / "missing.csv") == 1


async def test_programs_and_people_import_by_one_rule(people):
    entries = [CustomerEntry(number="1", name="Ada"), CustomerEntry(number="( )"), CustomerEntry(number="1", name="Eve")]
    written, mistakes = await people.take(entries)
    assert (written, len(mistakes)) == (1, 2)
    assert [each.name for each in await people.search()] == ["Ada"]


@pytest.mark.parametrize("text", ["", "a: b", "- [", "\t", "- number: '\x00'"])
def test_a_file_that_is_no_list_is_refused(tmp_path, text):
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(ImportRefused):
        read_file(tmp_path / "x.yaml")


@given(some.text())
def test_a_normal_number_stays_as_it_is(number):
    assert normalise(normalise(number)) == normalise(number)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.customers import ImportRefused, read_csv
from cti.protocol import CustomerEntry


def test_a_table_as_a_spreadsheet_writes_it():
    table = '\ufeffnumber;name;tags;open_complaints\r\n+49 30 1;"Müller; Anna";vip ; gold;x\r\n'
    with pytest.raises(ImportRefused, match="unknown column"):
        read_csv(table.replace("name", "surname").encode())
    entries, mistakes = read_csv('\ufeffnumber;name;open_complaints\r\n+49 30 1;"Müller; Anna";2\r\n'.encode())
    assert (entries, mistakes) == ([CustomerEntry(number="+49 30 1", name="Müller; Anna", open_complaints=2)], [])


def test_every_mistake_is_named_by_its_line_and_the_rest_is_taken():
    table = b"number,name,open_complaints\n1,A,x\n2,B,1\n,C,1\n3,D,1,5\n4,E\n5,F,-1\n"
    entries, mistakes = read_csv(table)
    assert [entry.number for entry in entries] == ["2", "4"]
    assert [mistake.line for mistake in mistakes] == [2, 4, 5, 7]
    assert "open_complaints" in mistakes[0].reason


@pytest.mark.parametrize("table", [b"", b"name\nA\n", b"number\n\xff", b'number\n"1"2\n', b"number\n" + b"1" * 200_000])
def test_what_is_no_table_is_refused(table):
    with pytest.raises(ImportRefused):
        read_csv(table)


@given(st.one_of(st.binary(), st.text().map(lambda text: f"number,name\n{text}".encode(errors="replace"))))
def test_no_table_raises_anything_else(table):
    try:
        entries, _ = read_csv(table)
    except ImportRefused:
        return
    assert all(entry.number for entry in entries)

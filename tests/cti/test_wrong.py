"""Field errors in our own words."""

import msgspec
import pytest

from cti.commands import Command
from cti.protocol import CustomerEntry, TokenRequest
from cti.wrong import field_of, told
from switch.language.words import words


def wrong(value, kind):
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(value, kind)
    return caught.value


@pytest.mark.parametrize(("value", "kind", "said", "mandarin"), [
    ({"number": 5}, CustomerEntry, "`number` should be a text", "`number` 应为文本"),
    ({"number": "5", "tags": 3}, CustomerEntry, "`tags` should be a list", "`tags` 应为列表"),
    ({"number": "5", "open_complaints": "x"}, CustomerEntry, "`open_complaints` should be a whole number",
     "`open_complaints` 应为整数"),
    ({"password": "x"}, TokenRequest, "`user` is missing", "缺少 `user`"),
    ({"number": "5", "colour": "red"}, CustomerEntry, "`colour` is not known here", "此处没有 `colour` 这一项"),
    ([], CustomerEntry, "`the message` should be names with values", "`the message` 应为名称和值"),
])
def test_a_field_is_told_without_words_of_programs(value, kind, said, mandarin):
    assert told(wrong(value, kind)) == said
    assert words("zh")(said) == mandarin


def test_the_field_is_named():
    assert field_of(wrong({"number": 5}, CustomerEntry)) == "number"
    assert field_of(wrong({"jsonrpc": "2.0", "id": 1, "method": 5}, Command)) == "method"
    assert field_of(wrong([], CustomerEntry)) == ""


def test_what_nobody_expected_is_told_all_the_same():
    assert told("Something new - at `$.number`") == "`number` cannot be used"

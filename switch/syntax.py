"""Why a text is no YAML, in words for who wrote it: PyYAML speaks of tokens and blocks, which no operator has ever seen."""

import re

SAID = {
    re.compile(r"found character '\\t'.*"): "a tab stands where only blanks may",
    re.compile(r"found character '(.)'.*"): r"no value can begin with `\1` unless it stands in quotes",
    re.compile(r"mapping values are not allowed.*"): "a colon stands where none may",
    re.compile(r"sequence entries are not allowed.*"): "a list begins where none may",
    re.compile(r"could not find expected ':'"): "a colon is missing",
    re.compile(r"expected <block end>, but found '<scalar>'"):
        "this line is not indented as those above, or something stands behind a closed quote",
    re.compile(r"expected <block end>.*"): "this line is not indented as those above",
    re.compile(r"found unexpected (end of stream|document separator)"): "a quote is not closed",
    re.compile(r"expected ',' or .*|expected the node content, but found '[\]},].*"):
        "a bracket or a brace is not closed, or a comma is missing",
    re.compile(r"found undefined alias.*|expected alphabetic or numeric character.*"):
        "`*` stands before a word: put it in quotes",
    re.compile(r"found unknown escape character.*|expected escape sequence.*"):
        "a backslash stands in double quotes: write single ones",
    re.compile(r"but found another document"): "a second document begins",
}
"""What PyYAML says -> what we say; the first that fits."""


def said(problem: str) -> str:
    """The problem in our words."""
    for pattern, ours in SAID.items():
        if found := pattern.fullmatch(problem):
            return found.expand(ours)
    return "it cannot be read"

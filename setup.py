"""What ``pyproject.toml`` cannot say: what is built where there is a compiler.

The shim of media is, everywhere; without a compiler it is left out. The SIP room is only when asked for, by mypyc, since
that takes some minutes: ``SHOAL_COMPILE=1 pip install .``, or ``make compiled`` in a checkout. It is the same code from the
same files, which the tests try both ways; bench/README.md says what it gains.
"""

import os
import sys
from pathlib import Path

from setuptools import Extension, setup

sys.path.insert(0, str(Path(__file__).parent))

from media.shim_build import ffi

COMPILED = (
    "accepting", "bodies", "call", "checking", "client", "dialog", "early", "errors", "headers", "here", "identity",
    "incoming", "invitation", "invite_client", "invite_server", "limits", "message", "offering", "outgoing", "parsing",
    "phrases", "places", "porter", "reception", "reinvite", "reliable", "retrying", "server", "session_timer", "stack",
    "timers", "transactions", "uri", "within", "writing",
)
"""What a message meets on its way, and those who inherit from it; nothing with sockets, and no records of msgspec."""
_FORGIVEN = ("arg-type", "assignment", "attr-defined", "misc", "override", "union-attr")
"""What the checker may find and the compiler does not need: None where a state rules it out, partial as a callable."""
_WANTED = bool(os.environ.get("SHOAL_COMPILE"))


def compiled() -> list[Extension]:
    """The SIP room in C; nothing where it was not asked for."""
    if not _WANTED or not {"build_ext", "bdist_wheel", "editable_wheel"} & set(sys.argv):
        return []
    from mypyc.build import mypycify

    rules = ["--ignore-missing-imports", "--no-site-packages", "--follow-imports=silent"]
    rules += [f"--disable-error-code={code}" for code in _FORGIVEN]
    return mypycify([*rules, *[f"switch/sip/{name}.py" for name in COMPILED]], group_name="shoal_sip", opt_level="2")


shim = ffi.distutils_extension()
shim.optional = True
setup(ext_modules=[shim, *compiled()], setup_requires=["mypy>=1.14"] if _WANTED else [])

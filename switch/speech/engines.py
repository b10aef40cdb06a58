"""Speaking a text into a file, by a program or by a service on the network. Blocking: called in threads, never in the loop.

Whatever goes wrong with an engine is a :class:`Broken` with what happened and what to do; an engine that is stuck is
ended with all that it started.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from ivr.texts import Fault
from media.scheduling import ordinary
from switch.followups.rules import Secret
from switch.speech.rules import ESPEAK, Engine, Request

BUILT_IN = {
    ESPEAK: Engine(("espeak-ng", "-v", "{voice}", "-s", "{rate}", "-w", "{out}", "--stdin"),
                   voice={"en": "en-gb", "zh": "cmn"}),
    "piper": Engine(("piper", "-m", "{voice}", "-f", "{out}")),
}
INSTALL = {
    ESPEAK: "install espeak-ng (Debian: `apt install espeak-ng`), or name another engine in `speech` of shoal.yaml",
    "piper": "install the program `piper`, or name another engine in `speech` of shoal.yaml",
}
OTHER = "correct `engines` in `speech` of shoal.yaml, or name another engine"
GAP = re.compile(r"\{(text|voice|language|rate|out|secret)\}")
LARGEST = 20 << 20
"""Bytes of a sound that a service may answer: twenty minutes of WAV."""
MP3 = (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")


class Broken(Exception):
    """The engine has not spoken."""

    def __init__(self, what: str, instead: str) -> None:
        super().__init__(what)
        self.fault = Fault(what, instead)


class Words(NamedTuple):
    """What is to be spoken, and how."""

    text: str
    language: str
    voice: str
    rate: int


def absent(name: str, engine: Engine, home: Path) -> Fault | None:
    """Why this engine cannot speak at all; None = it is there (whether a service answers is not asked)."""
    if engine.command:
        if shutil.which(engine.command[0]):
            return None
        return Fault(f"the engine `{name}` is missing: there is no program `{engine.command[0]}`", INSTALL.get(name, OTHER))
    try:
        _secret(engine.http.secret if engine.http else None, home)
    except Broken as broken:
        return broken.fault
    return None


def speak(name: str, engine: Engine, words: Words, folder: Path, home: Path, timeout: float) -> Path:
    """A file in ``folder`` in which these words are spoken, WAV or MP3. Raises :class:`Broken`."""
    if fault := absent(name, engine, home):
        raise Broken(*fault)
    if engine.http is not None:
        return _ask(name, engine.http, words, folder, home, timeout)
    return _run(name, engine.command, words, folder, home, timeout)


def _fill(template: str, values: dict[str, str], write: Callable[[str], str] = str) -> str:
    """Only the known names in braces are filled in: bodies are full of other braces."""
    return GAP.sub(lambda gap: write(values.get(gap[1], gap[0])), template)


def _values(words: Words) -> dict[str, str]:
    return {"text": words.text, "voice": words.voice, "language": words.language, "rate": str(words.rate)}


# -- programs ---------------------------------------------------------------------------------------------------------


def _run(name: str, command: tuple[str, ...], words: Words, folder: Path, home: Path, timeout: float) -> Path:
    """In the folder that holds ``config/``, so that models may be named from there."""
    out, heard = folder / "out.wav", folder / "stdout.wav"
    argv = [_fill(part, _values(words) | {"out": str(out)}) for part in command]
    with heard.open("wb") as stdout, tempfile.TemporaryFile() as stderr, tempfile.TemporaryFile() as stdin:
        stdin.write(b"" if any("{text}" in part for part in command) else f"{words.text}\n".encode())
        stdin.seek(0)
        try:
            process = subprocess.Popen(argv, stdin=stdin, stdout=stdout, stderr=stderr, cwd=home, start_new_session=True)
        except OSError as error:
            raise Broken(f"the engine `{name}` cannot be run: {error.strerror}", INSTALL.get(name, OTHER)) from error
        ordinary(process.pid)
        _await(name, process, timeout)
        stderr.seek(0)
        said = stderr.read(4096).decode("utf-8", "replace").strip().splitlines()
    if process.returncode:
        why = f": {said[-1][:200]}" if said else ""
        raise Broken(f"the engine `{name}` failed (status {process.returncode}){why}", _try(name, argv[0]))
    found = out if any("{out}" in part for part in command) else heard
    if not found.is_file() or not found.stat().st_size:
        raise Broken(f"the engine `{name}` wrote no sound", _try(name, argv[0]))
    return found


def _await(name: str, process: subprocess.Popen[bytes], timeout: float) -> None:
    """Until it is done; a program that is stuck is ended, and what it has started."""
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        what = f"the engine `{name}` was not done after {timeout:g} s"
        raise Broken(what, "shorten the text, or raise `timeout` in `speech` of shoal.yaml") from None
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _try(name: str, program: str) -> str:
    return f"try `{program}` in a shell, and look at `voice` and `engine`" if name in BUILT_IN else OTHER


# -- services ---------------------------------------------------------------------------------------------------------


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirection would carry the secret elsewhere."""

    def redirect_request(self, *_: object) -> None:
        return None


def _ask(name: str, request: Request, words: Words, folder: Path, home: Path, timeout: float) -> Path:
    values = _values(words) | {"secret": _secret(request.secret, home)}
    kind = next((value for key, value in request.headers.items() if key.lower() == "content-type"), "")
    body = _fill(request.body, values, _writer(kind)).encode() if request.method == "POST" else None
    headers = {key: _fill(value, values) for key, value in request.headers.items()}
    if any("\n" in value or "\r" in value for value in headers.values()):
        raise Broken(f"the engine `{name}`: a header would have two lines", OTHER)
    asked = urllib.request.Request(_fill(request.url, values, lambda value: quote(value, safe="")), body, headers,
                                   method=request.method)
    try:
        data = _answer(asked, timeout)
    except urllib.error.HTTPError as error:
        error.close()
        raise Broken(f"the engine `{name}` answered {error.code} {error.reason}", OTHER) from None
    except TimeoutError:
        what = f"the engine `{name}` had not answered after {timeout:g} s"
        raise Broken(what, "raise `timeout` in `speech` of shoal.yaml, or name another engine") from None
    except (OSError, ValueError) as error:
        told = getattr(error, "reason", None) or error
        raise Broken(f"the engine `{name}` cannot be asked: {told}", "look at its address, or name another engine") from None
    return _sound(name, data, folder)


def _answer(asked: urllib.request.Request, timeout: float) -> bytes:
    """The body, within the time: a service that sends a byte a second is stuck, too."""
    until, data = time.monotonic() + timeout, bytearray()
    try:
        with urllib.request.build_opener(_Stay).open(asked, timeout=timeout) as answer:
            while part := answer.read1(65536):
                data += part
                if time.monotonic() > until:
                    raise TimeoutError
                if len(data) > LARGEST:
                    raise ValueError(f"its answer is larger than {LARGEST >> 20} MB")
    except urllib.error.URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise error.reason from None
        raise
    return bytes(data)


def _sound(name: str, data: bytes, folder: Path) -> Path:
    """The answer as a file; its bytes say what it is, whatever its header says."""
    kind = ".wav" if data[:4] == b"RIFF" else ".mp3" if data.startswith(MP3) else ""
    if not kind:
        raise Broken(f"the engine `{name}` answered no sound, neither WAV nor MP3", OTHER)
    path = folder / f"answer{kind}"
    path.write_bytes(data)
    return path


def _writer(kind: str) -> Callable[[str], str]:
    """How a value is written into a body of this kind."""
    if "json" in kind.lower():
        return lambda value: json.dumps(value, ensure_ascii=False)[1:-1]
    if "urlencoded" in kind.lower():
        return lambda value: quote(value, safe="")
    if "xml" in kind.lower():
        return lambda value: value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return str


def _secret(secret: Secret | None, home: Path) -> str:
    """Raises :class:`Broken`."""
    if secret is None:
        return ""
    if secret.environment:
        if not (value := os.environ.get(secret.environment, "")):
            raise Broken(f"the variable `{secret.environment}` of the environment is not set",
                         "set it for the switch, and for `shoal check`")
        return value
    try:
        return (home / secret.file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise Broken(f"the secret `{secret.file}` cannot be read: {why}", "look at its name and its permissions") from None

"""Engines of paper: a program that speaks without a voice, and a service on the network."""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from media.sounds import write

PROGRAM = """
import json, math, os, struct, sys, time, wave
log, mode, out, *rest = sys.argv[1:]
text = rest[0] if rest else sys.stdin.read().strip()
with open(log, "a", encoding="utf-8") as told:
    told.write(json.dumps([text, *rest[1:]], ensure_ascii=False) + "\\n")
if mode == "fail":
    sys.exit("no such voice")
if mode == "nothing":
    sys.exit(0)
if mode == "stuck":
    import subprocess
    child = subprocess.Popen(["sleep", "600"])
    with open(log + ".pid", "w") as told:
        told.write(str(child.pid))
    time.sleep(600)
seconds = float(mode) if mode.replace(".", "").isdigit() else 0.06 * len(text)
def tone(n): return 0 if mode == "silent" else int(3000 * math.sin(n / 9))
if mode == "cut":
    sys.exit(open(out, "wb").write(b"RIFFgarbage") and 0)
voice = [0] * 9600 + [tone(n) for n in range(int(16000 * seconds))] + [0] * 12800
with wave.open(sys.stdout.buffer if out == "-" else out, "wb") as file:
    file.setnchannels(1), file.setsampwidth(2), file.setframerate(16000)
    file.writeframes(struct.pack(f"<{len(voice)}h", *voice))
"""


class Paper:
    """A program: ``command(...)`` for YAML or rules; ``said`` = what it was told to say."""

    def __init__(self, folder):
        self._script, self.log = folder / "speaker.py", folder / "speaker.log"
        self._script.write_text(PROGRAM, encoding="utf-8")

    def command(self, *rest, mode="speak", out="{out}"):
        return (sys.executable, str(self._script), str(self.log), mode, out, *rest)

    @property
    def said(self):
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()] if self.log.exists() else []


@pytest.fixture
def paper(tmp_path):
    return Paper(tmp_path)


class Service:
    """A web service: keeps what it was asked, answers what it is told to."""

    def __init__(self, folder):
        write(folder / "answer.wav", (3000 * np.sin(np.arange(8000) / 5)).astype(np.int16))
        self.asked, self.status, self.answer, self.headers = [], 200, (folder / "answer.wav").read_bytes(), {}
        service, self.wait = self, threading.Event()
        self.wait.set()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                service.asked.append((self.command, self.path, dict(self.headers), body))
                service.wait.wait(20)
                self.send_response(service.status)
                for name, value in service.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(service.answer)
            do_GET = do_POST

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def close(self):
        self.wait.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def service(tmp_path):
    made = Service(tmp_path)
    yield made
    made.close()

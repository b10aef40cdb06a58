"""Signalling goes before others, where that is permitted; what it starts does not."""

import os
import subprocess
import sys

import pytest

FIRST = """
import os, subprocess, sys, threading
from media.scheduling import FIRST, go_first, ordinary

def niceness():
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

held, seen = threading.Event(), []
def wait():
    held.wait()
    seen.append(niceness())
before = threading.Thread(target=wait)
before.start()
first = go_first()
after = threading.Thread(target=lambda: seen.append(niceness()))
after.start()
after.join()
held.set()
before.join()
seen.append(niceness())
child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
ordinary(child.pid)
seen.append(os.getpriority(os.PRIO_PROCESS, child.pid))
child.communicate()
ordinary()
print(first, seen == 3 * [FIRST if first else 0] + [0], niceness())
"""


def test_all_threads_go_first_and_children_do_not():
    if os.getpriority(os.PRIO_PROCESS, 0):
        pytest.skip("these tests themselves are not ordinary")
    ran = subprocess.run([sys.executable, "-c", FIRST], capture_output=True, text=True, check=True)
    assert ran.stdout.split()[1:] == ["True", "0"], ran.stdout


ALONE = """
import os, subprocess, sys, threading, time
from media.scheduling import SIGNALLING, Priority, go_first

go_first()
priority = Priority(level=SIGNALLING, alone=True)
print(priority.real_time)
seen = []
def look():
    nice = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    seen.append((os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK, nice))
for _ in range(2):
    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    print(os.sched_getscheduler(0) == os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_getparam(0).sched_priority)
    ends = time.monotonic() + 5
    while priority.real_time and time.monotonic() < ends:
        pass
    print(priority.real_time, os.sched_getscheduler(0) == os.SCHED_OTHER | os.SCHED_RESET_ON_FORK)
    time.sleep(0.02)
    priority.take()
print(seen == 2 * [(os.SCHED_OTHER, 0)])
"""


def test_a_thread_alone_goes_first_of_all_until_it_runs_wild():
    ran = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=True)
    said = ran.stdout.split()
    if said[0] == "False":
        pytest.skip("real-time priority is not permitted here")
    assert said[1:] == 2 * ["True", "5", "False", "True"] + ["True"], ran.stdout + ran.stderr

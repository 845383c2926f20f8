# SPDX-License-Identifier: MIT
"""Programs about Popen in a fresh interpreter with the engine installed."""

from tests.python.support import Python

PRELUDE = """
import os, subprocess, sys
import forkexec
from forkexec import _native

class Count:
    "How often a function is called."
    def __init__(self, function):
        self.function = function
        self.calls = 0
    def __call__(self, *given, **named):
        self.calls += 1
        return self.function(*given, **named)

stock = subprocess.Popen._execute_child
forkexec.install()
TRUE = "/bin/true"
subprocess.Popen([TRUE]).wait()
pipe = os.pipe = Count(os.pipe)

def short(*given, **named):
    "Whether it takes the short way, which makes no error pipe."
    before = pipe.calls
    try:
        subprocess.Popen(*given, **named).wait()
    except OSError:
        pass
    return pipe.calls == before
"""


def check(python: Python, program: str) -> None:
    assert python.succeed(PRELUDE + program + "\nprint('ok')\n") == "ok\n"

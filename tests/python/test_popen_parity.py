# SPDX-License-Identifier: MIT
"""Popen on CPython's own engine and on ours, call by call: the same in all that can be seen."""

import re
from pathlib import Path
from typing import List

from tests.python import popen_cases
from tests.python.support import Python

CASES = Path(popen_cases.__file__).read_text()

RUN = """
import sys
place, engine = sys.argv[1:]
subprocess._USE_POSIX_SPAWN = False
if engine == "ours":
    import forkexec
    forkexec.install()
    subprocess.Popen(["/bin/true"]).wait()
given = names(place, os.open("/dev/null", os.O_RDONLY), os.open("/dev/zero", os.O_RDONLY))
os.environ["PATH"] = place + ":/bin:/usr/bin"
"""

EACH = """
for call in CALLS:
    print("=", call, flush=True)
    print(outcome(call, given), flush=True)
"""

WITHOUT_STREAMS = """
def without(streams, call):
    out = place + "/out"
    with open(out, "w"): pass
    read, write = os.pipe()
    for end in (read, write):
        os.dup2(end, end + 20)
        os.close(end)
    child = os.fork()
    if child == 0:
        for stream in streams:
            os.close(stream)
        try:
            seen = repr(outcome(call, given))
        except BaseException as error:
            seen = repr(error)
        os.write(write + 20, seen.encode())
        os._exit(0)
    os.close(write + 20)
    with open(read + 20) as stream:
        seen = stream.read()
    os.waitpid(child, 0)
    return steady(seen), steady(open(out).read())

for streams in ((0,), (1,), (2,), (0, 1), (1, 2), (0, 1, 2)):
    for call in CLOSED_STREAMS:
        print(streams, call, *without(streams, call), flush=True)
"""


def seen(python: Python, place: Path, engine: str, code: str) -> List[str]:
    place = place / engine
    place.mkdir()
    popen_cases.files(str(place))
    outcome = python.run("-c", CASES + RUN + code, str(place), engine)
    assert outcome.status == 0, outcome
    text = re.sub(r"pipe:\[\d+\]", "pipe", outcome.stdout + outcome.stderr)
    return text.replace(str(place), "PLACE").splitlines()


def compare(python: Python, place: Path, code: str, least: int) -> None:
    stock, ours = (seen(python, place, engine, code) for engine in ("stock", "ours"))
    assert ours == stock
    assert len(ours) >= least


def test_every_call(python: Python, tmp_path: Path) -> None:
    compare(python, tmp_path, EACH, 2 * len(popen_cases.CALLS))


def test_parents_without_standard_streams(python: Python, tmp_path: Path) -> None:
    compare(python, tmp_path, WITHOUT_STREAMS, 6 * len(popen_cases.CLOSED_STREAMS))


CLOSED = """
try:
    subprocess.Popen(["/bin/true"], {option}=(777,)[{index}])
except OSError as error:
    print(type(error).__name__, error.errno, error.filename, has_children())
"""


def test_descriptors_that_are_not_open(python: Python, tmp_path: Path) -> None:
    """Only in the text is there a difference: ours says which one it is."""
    for option, index in (("pass_fds", ":"), ("stdin", "0"), ("stdout", "0")):
        code = CLOSED.format(option=option, index=index)
        place = tmp_path / option
        place.mkdir()
        compare(python, place, code, 1)

# SPDX-License-Identifier: MIT
"""The lists that say the same thing: keywords, their types, the package's files, its names."""

import re
from pathlib import Path
from types import FunctionType as Function

import forkexec
from forkexec import _keywords, _run, _types

PACKAGE = Path(__file__).resolve().parents[2] / "python" / "forkexec"


def test_every_keyword_has_a_type() -> None:
    assert set(_types.RunKeywords.__annotations__) == _keywords.RUN


def test_every_keyword_of_run_is_documented() -> None:
    text = _run.run.__doc__ or ""
    own = _keywords.FOLLOWING | _keywords.RUNNING
    for name in own | _keywords.PROCESS | _keywords.STREAMS:
        if name not in ("startupinfo", "creationflags"):
            assert re.search(rf"\b{name}\b", text), name


def test_every_file_is_installed() -> None:
    listed = re.findall(r"^  '([\w.]+)',$", (PACKAGE / "meson.build").read_text(), re.MULTILINE)
    found = {path.name for path in PACKAGE.iterdir() if path.suffix in (".py", ".pyi", ".typed")}
    assert set(listed) == found | {"py.typed"}


def test_every_name_is_there_and_documented() -> None:
    for name in forkexec.__all__:
        value = getattr(forkexec, name)
        assert isinstance(value, (int, str)) or value.__doc__, name


def test_every_member_is_documented() -> None:
    for kind in (forkexec.Result, forkexec.Command, forkexec.Pipeline, forkexec.SpawnError):
        for name, value in vars(kind).items():
            if not name.startswith("_") and isinstance(value, (property, classmethod, Function)):
                assert getattr(kind, name).__doc__, (kind, name)

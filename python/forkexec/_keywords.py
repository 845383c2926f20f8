# SPDX-License-Identifier: MIT
"""The keywords of what starts a command: run(), Command, Popen, and those built on them."""

from typing import FrozenSet

from forkexec._setup_table import CONVERT

# subprocess's own, of a process. Those that mean nothing on POSIX are taken if they say nothing.
PROCESS: FrozenSet[str] = frozenset(
    [
        "executable",
        "shell",
        "cwd",
        "env",
        "close_fds",
        "pass_fds",
        "restore_signals",
        "start_new_session",
        "process_group",
        "umask",
        "user",
        "group",
        "extra_groups",
        "preexec_fn",
        "startupinfo",
        "creationflags",
    ]
)
# Its streams.
STREAMS: FrozenSet[str] = frozenset(
    [
        "stdin",
        "stdout",
        "stderr",
        "bufsize",
        "pipesize",
        "text",
        "encoding",
        "errors",
        "universal_newlines",
    ]
)
# How it is followed, and stopped.
FOLLOWING: FrozenSet[str] = frozenset(
    [
        "max_output",
        "max_total",
        "keep",
        "tee",
        "on_stdout",
        "on_stderr",
        "idle_timeout",
        "linger",
        "grace",
        "stop_signal",
        "kill_scope",
    ]
)
# Of run() alone.
RUNNING: FrozenSet[str] = frozenset(
    ["input", "capture_output", "timeout", "check", "start_timeout"]
)

# `keep` says which bytes; the descriptors that Setup calls so are pass_fds here.
SETUP: FrozenSet[str] = frozenset(CONVERT) - {"keep"}

RUN: FrozenSet[str] = PROCESS | STREAMS | FOLLOWING | RUNNING | SETUP | {"setup"}


def refuse_unknown(function: str, given: FrozenSet[str]) -> None:
    """TypeError for what is not among the keywords of run()."""
    unknown = sorted(given - RUN)
    if unknown:
        raise TypeError(f"{function}() got an unexpected keyword argument {unknown[0]!r}")

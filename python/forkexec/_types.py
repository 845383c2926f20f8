# SPDX-License-Identifier: MIT
"""The types of the keywords. Nothing imports this but type checkers."""

import os
from typing import (
    IO,
    Any,
    Callable,
    Iterable,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    TypedDict,
    Union,
)

from forkexec._setup import Setup

Text = Union[str, bytes]
Path = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]
Args = Union[Path, Sequence[Path]]
File = Union[int, IO[Any]]
Stream = Optional[File]
Tee = Union[bool, File, Sequence[Stream], Mapping[str, Stream]]
Names = Union[str, int, Iterable[Union[str, int]]]
Bound = Union[int, str, None]
IdMap = Iterable[Tuple[int, int, int]]
Variables = Mapping[Any, Any]


class SetupKeywords(TypedDict, total=False):
    """Those of Setup, but for `keep`, and those that subprocess has too."""

    limits: Optional[Mapping[Union[str, int], Union[Bound, Sequence[Bound]]]]
    default_signals: Optional[Names]
    ignored_signals: Optional[Names]
    blocked_signals: Optional[Names]
    block_signals: Optional[Names]
    unblock_signals: Optional[Names]
    new_session: Optional[bool]
    controlling_terminal: Stream
    foreground: Stream
    nice: Optional[int]
    nice_absolute: Optional[int]
    scheduling: Union[str, int, Tuple[Union[str, int], int], Mapping[str, Any], None]
    affinity: Union[str, Iterable[int], None]
    io_priority: Union[str, int, Tuple[Union[str, int], int], None]
    timer_slack: Optional[int]
    oom_score_adj: Optional[int]
    groups: Optional[Names]
    bounding_capabilities: Optional[Names]
    permitted_capabilities: Optional[Names]
    inheritable_capabilities: Optional[Names]
    ambient_capabilities: Optional[Names]
    securebits: Union[str, int, Iterable[str], None]
    keep_capabilities: Optional[bool]
    directory: Union[Path, File, None]
    directory_when: Optional[str]
    chroot: Union[Path, File, None]
    no_new_privs: Optional[bool]
    landlock: Optional[Mapping[Any, str]]
    landlock_fd: Stream
    seccomp: Optional[bytes]
    unshare: Optional[Names]
    namespaces: Optional[Mapping[Union[str, int], Union[Path, File]]]
    uid_map: Optional[IdMap]
    gid_map: Optional[IdMap]
    cgroup: Union[Path, File, None]
    apparmor_profile: Optional[Text]
    selinux_context: Optional[Text]
    personality: Optional[int]
    dumpable: Optional[int]
    death_signal: Union[str, int, None]
    environment_clean: Optional[bool]
    environment: Optional[Variables]
    environment_set: Optional[Variables]
    environment_unset: Optional[Iterable[Text]]
    pid_variable: Optional[Text]
    listen: Union[Iterable[File], Mapping[str, File], None]
    gate: Stream
    traced: Optional[bool]
    alarm: Optional[int]
    program_fd: Stream
    busy_timeout: Optional[int]
    shell_fallback: Optional[bool]
    map: Optional[Mapping[int, File]]
    close: Optional[Iterable[File]]
    inherit_others: Optional[bool]
    best_effort: Optional[Names]
    mechanism: Optional[str]


class ProcessKeywords(SetupKeywords, total=False):
    """Those of subprocess.Popen that are about the process, with its streams."""

    executable: Optional[Path]
    shell: bool
    cwd: Optional[Path]
    env: Optional[Variables]
    close_fds: bool
    pass_fds: Iterable[int]
    restore_signals: bool
    start_new_session: bool
    process_group: Optional[int]
    umask: Optional[int]
    user: Union[str, int, None]
    group: Union[str, int, None]
    extra_groups: Optional[Names]
    preexec_fn: Union[Setup, Callable[[], Any], None]
    startupinfo: None
    creationflags: int
    setup: Optional[Setup]
    stdin: Stream
    stdout: Stream
    stderr: Stream
    bufsize: int
    pipesize: int
    text: Optional[bool]
    encoding: Optional[str]
    errors: Optional[str]
    universal_newlines: Optional[bool]


class FollowingKeywords(TypedDict, total=False):
    """How a command is followed, and stopped."""

    max_output: Optional[int]
    max_total: Optional[int]
    keep: Optional[str]
    tee: Optional[Tee]
    on_stdout: Optional[Callable[[bytes], object]]
    on_stderr: Optional[Callable[[bytes], object]]
    idle_timeout: Optional[float]
    linger: Optional[float]
    grace: Optional[float]
    stop_signal: Union[str, int, None]
    kill_scope: Optional[str]


class RunKeywords(ProcessKeywords, FollowingKeywords, total=False):
    """All of run()."""

    input: Union[str, bytes, bytearray, memoryview, IO[Any], None]
    capture_output: bool
    timeout: Optional[float]
    check: bool
    start_timeout: Optional[float]

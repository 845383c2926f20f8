# SPDX-License-Identifier: MIT
"""Setup: what a child is to be beside its program, said as data."""

import os
from typing import TYPE_CHECKING, Any, Dict, Iterable, Mapping, Optional, Sequence, Tuple, Union

from forkexec._engine import engine
from forkexec._setup_lower import lowered
from forkexec._setup_table import CONVERT, NOT_FOR_A_FORKED_CHILD, normalised

if TYPE_CHECKING:
    from typing import Protocol

    class HasFileno(Protocol):
        def fileno(self) -> int: ...

    Text = Union[str, bytes]
    Path = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]
    Descriptor = Union[int, HasFileno]
    Signals = Union[str, int, Iterable[Union[str, int]]]
    Bound = Union[int, str, None]
    Names = Union[str, int, Iterable[Union[str, int]]]
    IdMap = Iterable[Tuple[int, int, int]]


class Setup:
    """What a child is to be beside its program: limits, signals, session, user, namespaces, ...

        subprocess.run(command, preexec_fn=forkexec.Setup(limits={"nofile": 256}, nice=5))

    With forkexec installed it becomes part of the child's plan: no Python runs in the child, and no
    fork is made unless what it asks for needs one. With CPython's own engine it works as any
    preexec_fn does, after a fork. The order of keywords never matters.

    A Setup does not change; equal ones are equal however they were written, since each value is
    kept in one normal form: "SIGTERM", 15 and signal.SIGTERM are "TERM". `|` puts two together.
    None means that nothing is said.

    Names are those of the manuals, with or without RLIMIT_, SIG, CAP_, SCHED_, CLONE_NEW, in any
    case; their numbers do as well. A descriptor is a number, or has a fileno(). It is one of the
    parent's, open when the child is started.

    limits: by name ("nofile", "cpu", "core", ...): a number is the soft and the hard limit;
        (soft, hard), with None for the one to be kept; "unlimited"; "max", the soft limit as high
        as the hard one allows. As text: "256:4096", "256:", ":4096".
    default_signals: a list of signals to get their default action, or "all".
    ignored_signals: a list of signals to be ignored, or "all".
    blocked_signals: exactly these are blocked.
    block_signals, unblock_signals: blocked, or not, beside what the caller's thread has blocked.
    new_session: True: setsid(2), a new session and process group without a terminal.
    process_group: 0 for a new process group, or the number of one to join.
    controlling_terminal: a descriptor of the terminal; needs a new session.
    foreground: a descriptor of the terminal whose foreground the child's process group is to be.
    nice: added to the parent's.
    nice_absolute: the niceness itself, from -20 to 19.
    scheduling: a policy, "batch"; with its priority, ("fifo", 10); or a mapping with "policy",
        "priority", "reset_on_fork", and for "deadline" also "runtime", "deadline", "period" in ns.
    affinity: CPUs, [0, 1] or as text "0-3,6".
    io_priority: a class, "idle"; or with its level, ("best-effort", 4).
    timer_slack: in nanoseconds; 0 is the system's default.
    oom_score_adj: from -1000, never killed, to 1000, killed first.
    umask: from 0 to 0o777.
    user: a name or number. By name, the group is the user's own unless `group` says another.
    group: a name or number.
    groups: the supplementary groups, a list of names and numbers; [] for none; "user" for those
        that the user has; "keep" for the parent's. Must be said where `user` is.
    bounding_capabilities, permitted_capabilities, inheritable_capabilities,
    ambient_capabilities: what is left in each set, ["net_raw"], [] or "all".
    securebits: "noroot", "no_setuid_fixup", "keep_caps", "no_cap_ambient_raise", each also with
        "_locked"; or a number.
    keep_capabilities: True: PR_SET_KEEPCAPS.
    directory: a path or a descriptor.
    directory_when: "last", after chroot and as the new user; "before-identity", after chroot and
        as the old one; "first", before both.
    chroot: the new root, a path or a descriptor; the directory is then "/".
    no_new_privs: True: nothing that is executed gains privileges.
    landlock: what may be read ("ro") or written too ("rw") beneath a path, {"/usr": "ro"}; the
        rest of the file system is out of reach.
    landlock_fd: a ruleset instead.
    seccomp: a compiled filter, the bytes of an array of struct sock_filter.
    unshare: new namespaces, ["net", "mount"]: "cgroup", "ipc", "mount", "net", "pid", "time",
        "user", "uts".
    namespaces: those to join, {"net": "/run/netns/blue"}, by path or descriptor.
    uid_map, gid_map: of a new user namespace, [(inside, outside, count), ...].
    cgroup: the directory of one of version 2, a path or a descriptor.
    apparmor_profile, selinux_context: of the program.
    personality: the number that personality(2) takes.
    dumpable: 0 or 1, until the program is executed.
    death_signal: what the program gets when this process ends, however it does.
    environment_clean: True: without what changes how programs start (LD_*, PYTHON*, ...).
    environment: exactly these variables.
    environment_set, environment_unset: variables to set, and to take out.
    pid_variable: a variable that gets the child's own process id.
    listen: sockets to hand over as systemd does, [descriptor, ...] or {name: descriptor}.
    gate: a descriptor: the program is not executed before its end of file.
    traced: True: PTRACE_TRACEME.
    alarm: SIGALRM after so many seconds.
    program_fd: the file to execute, instead of a path.
    busy_timeout: for how many milliseconds to try a file that is open for writing.
    shell_fallback: True: a file without a format goes to /bin/sh.
    map: {number in the child: descriptor}.
    keep: descriptors that stay open, beside pass_fds.
    close: descriptors to close, even with close_fds=False.
    inherit_others: True: all other descriptors stay open, in spite of close_fds.
    best_effort: names of steps that may fail, ["nice", "oom_score_adj"].
    mechanism: "clone3", "clone", "fork" or "helper" and no other.
    """

    __slots__ = ("_compiled", "_values")
    _values: Dict[str, Any]
    _compiled: object

    def __init__(
        self,
        *,
        limits: "Optional[Mapping[Union[str, int], Union[Bound, Sequence[Bound]]]]" = None,
        default_signals: "Optional[Signals]" = None,
        ignored_signals: "Optional[Signals]" = None,
        blocked_signals: "Optional[Signals]" = None,
        block_signals: "Optional[Signals]" = None,
        unblock_signals: "Optional[Signals]" = None,
        new_session: Optional[bool] = None,
        process_group: Optional[int] = None,
        controlling_terminal: "Optional[Descriptor]" = None,
        foreground: "Optional[Descriptor]" = None,
        nice: Optional[int] = None,
        nice_absolute: Optional[int] = None,
        scheduling: "Union[str, int, Tuple[Union[str, int], int], Mapping[str, Any], None]" = None,
        affinity: Union[str, Iterable[int], None] = None,
        io_priority: "Union[str, int, Tuple[Union[str, int], int], None]" = None,
        timer_slack: Optional[int] = None,
        oom_score_adj: Optional[int] = None,
        umask: Optional[int] = None,
        user: Union[str, int, None] = None,
        group: Union[str, int, None] = None,
        groups: Union[str, Iterable[Union[str, int]], None] = None,
        bounding_capabilities: "Optional[Names]" = None,
        permitted_capabilities: "Optional[Names]" = None,
        inheritable_capabilities: "Optional[Names]" = None,
        ambient_capabilities: "Optional[Names]" = None,
        securebits: Union[str, int, Iterable[str], None] = None,
        keep_capabilities: Optional[bool] = None,
        directory: "Union[Path, Descriptor, None]" = None,
        directory_when: Optional[str] = None,
        chroot: "Union[Path, Descriptor, None]" = None,
        no_new_privs: Optional[bool] = None,
        landlock: "Optional[Mapping[Any, str]]" = None,
        landlock_fd: "Optional[Descriptor]" = None,
        seccomp: Optional[bytes] = None,
        unshare: "Optional[Names]" = None,
        namespaces: "Optional[Mapping[Union[str, int], Union[Path, Descriptor]]]" = None,
        uid_map: "Optional[IdMap]" = None,
        gid_map: "Optional[IdMap]" = None,
        cgroup: "Union[Path, Descriptor, None]" = None,
        apparmor_profile: "Optional[Text]" = None,
        selinux_context: "Optional[Text]" = None,
        personality: Optional[int] = None,
        dumpable: Optional[int] = None,
        death_signal: Union[str, int, None] = None,
        environment_clean: Optional[bool] = None,
        environment: "Optional[Mapping[Any, Text]]" = None,
        environment_set: "Optional[Mapping[Any, Text]]" = None,
        environment_unset: "Optional[Iterable[Text]]" = None,
        pid_variable: "Optional[Text]" = None,
        listen: "Union[Iterable[Descriptor], Mapping[str, Descriptor], None]" = None,
        gate: "Optional[Descriptor]" = None,
        traced: Optional[bool] = None,
        alarm: Optional[int] = None,
        program_fd: "Optional[Descriptor]" = None,
        busy_timeout: Optional[int] = None,
        shell_fallback: Optional[bool] = None,
        map: "Optional[Mapping[int, Descriptor]]" = None,
        keep: "Optional[Iterable[Descriptor]]" = None,
        close: "Optional[Iterable[Descriptor]]" = None,
        inherit_others: Optional[bool] = None,
        best_effort: "Optional[Names]" = None,
        mechanism: Optional[str] = None,
    ) -> None:
        object.__setattr__(self, "_values", normalised(locals()))
        object.__setattr__(self, "_compiled", None)

    # ---- a value ----

    def __getattr__(self, name: str) -> Any:
        """The value of a keyword in its normal form; None if nothing is said."""
        if name not in CONVERT:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return self._values.get(name)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Setup does not change; replace({name}=...) makes another one")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a Setup does not change; replace({name}=None) makes another one")

    def __dir__(self) -> Iterable[str]:
        return [*object.__dir__(self), *CONVERT]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Setup):
            return NotImplemented
        return self._values == other._values

    def __hash__(self) -> int:
        return hash(frozenset(self._values.items()))

    def __repr__(self) -> str:
        shown = [
            f"{name}={value:#o}" if name == "umask" else f"{name}={value!r}"
            for name, value in self._values.items()
        ]
        return f"{type(self).__name__}({', '.join(shown)})"

    def __reduce__(self) -> Tuple[Any, ...]:
        return _made, (type(self), dict(self._values))

    def __or__(self, other: "Setup") -> "Setup":
        """Both, where the right one has the last word.

        What is said by key (limits, landlock, namespaces, map, environment_set) or by member
        (signals, environment_unset, keep, close, best_effort) is put together; of any other
        keyword, and of two that exclude each other, the right one's value is taken.
        """
        if not isinstance(other, Setup):
            return NotImplemented
        from forkexec._setup_merge import merged

        return type(self)(**merged(self._values, other._values))

    def replace(self, **changes: Any) -> "Setup":
        """Another one, with these keywords instead; None takes one out."""
        return type(self)(**{**self._values, **changes})

    # ---- JSON ----

    def to_json(self) -> str:
        """As a JSON object: what is set, in normal form; bytes in base64."""
        from forkexec._setup_json import to_json

        return to_json(self._values)

    @classmethod
    def from_json(cls, text: "Text") -> "Setup":
        """What to_json() gave, or anybody wrote: the values are those of the keywords."""
        from forkexec._setup_json import from_json

        return cls(**from_json(text))

    # ---- in use ----

    def __call__(self) -> None:
        """Do it to this process, which is meant to be one that has just been forked.

        OSError says what failed. The process may then have been changed by what came before.
        """
        for keyword in NOT_FOR_A_FORKED_CHILD:
            if keyword in self._values:
                raise ValueError(
                    f"{keyword}: means nothing to a child that has been forked already; "
                    "forkexec.install() makes it part of the start of a process"
                )
        engine.apply(self._attributes())

    def _attributes(self) -> object:
        """As the engine has it, made once."""
        compiled = self._compiled
        if compiled is None:
            compiled = engine.attributes(lowered(self._values), False)
            object.__setattr__(self, "_compiled", compiled)
        return compiled


def _made(kind: "type[Setup]", values: Dict[str, Any]) -> Setup:
    """For pickle."""
    return kind(**values)

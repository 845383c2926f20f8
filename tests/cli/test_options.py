# SPDX-License-Identifier: MIT
"""Every option of the table becomes what a plan says; the order of options is nothing to it."""

from __future__ import annotations

import itertools
import json
import os
import pty
import random
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from tests.cli.support import ROOT, explained, fails, forkexec, options, succeeds

Plan = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """Arguments, and a step of the plan with a part of its subject; or what holds of the plan."""

    arguments: str
    step: str | None = None
    subject: str = ""
    holds: Callable[[Plan], bool] | None = None


def names(plan: Plan) -> list[str]:
    return [name for name, _ in plan["environment"]]


def variables(plan: Plan) -> dict[str, str]:
    return dict(plan["environment"])


# {folder} is an empty directory, {filter} a file, {cgroup} the root of control groups; {socket},
# {directory}, {file}, {cgroup_fd} and {terminal} are open descriptors.
CASES = [
    Case("--argv0 other", holds=lambda plan: plan["arguments"] == ["other", "operand"]),
    Case("-a other", holds=lambda plan: plan["program"] == "true"),
    Case("--program-fd {file}", "program", "{file}"),
    Case("--busy-timeout 100", "program"),
    Case("--shell-fallback", "program"),
    Case("--ignore-environment", holds=lambda plan: plan["environment"] == []),
    Case("-i", holds=lambda plan: plan["environment"] == []),
    Case("--unset PATH", holds=lambda plan: "PATH" not in names(plan) and "HOME" in names(plan)),
    Case("-u PATH -u HOME", holds=lambda plan: not {"PATH", "HOME"} & set(names(plan))),
    Case("--setenv A=b=c", holds=lambda plan: variables(plan)["A"] == "b=c"),
    Case("--unset A --setenv A=1", holds=lambda plan: variables(plan)["A"] == "1"),
    Case("--clean-environment", holds=lambda plan: "PYTHONHASHSEED" not in names(plan)),
    Case("--pid-variable MY_PID", "pid_variable", "MY_PID"),
    Case("--chdir {folder}", "directory", "{folder}"),
    Case("--wd {folder}", "directory", "{folder}"),
    Case("-C {folder}", "directory", "{folder}"),
    Case("--chdir-fd {directory}", "directory_fd", "{directory}"),
    Case("--chdir-when before-identity -C / --user 0 --clear-groups", "directory", "/"),
    Case("--chroot {folder}", "chroot", "{folder}"),
    Case("--root {folder}", "chroot", "{folder}"),
    Case("--chroot-fd {directory}", "chroot", "{directory}"),
    Case("--umask 027", "umask", "027"),
    Case("--map 7=0", "map", "7"),
    Case("--keep 0,{file}", "map", "{file}"),
    Case("--close 7 --inherit-others", "close", "7"),
    Case(
        "--inherit-others",
        holds=lambda plan: "inherit_others" not in [step["step"] for step in plan["steps"]],
    ),
    Case("--listen {socket}", "map", "3"),
    Case("--listen {socket}:web", holds=lambda plan: variables(plan)["LISTEN_FDNAMES"] == "web"),
    Case("--new-session", "new_session"),
    Case("--setsid", "new_session"),
    Case("--process-group 0", "process_group", "0"),
    Case("--ctty --setsid", "controlling_terminal", "0"),
    Case("--ctty={terminal} --setsid", "controlling_terminal", "{terminal}"),
    Case("--foreground", "foreground", "0"),
    Case("--foreground={terminal}", "foreground", "{terminal}"),
    Case("--default-signal=INT,15", "default_signals", "TERM|15"),
    Case("--default-signal", "default_signals", "HUP|1"),
    Case("--ignore-signal=HUP", "ignored_signals", "HUP|1"),
    Case("--ignore-signal", "ignored_signals", "USR1|10"),
    Case("--block-signal=USR1", "blocked_signals", "USR1|10"),
    Case("--unblock-signal=USR1", "blocked_signals"),
    Case("--blocked-signals=USR1,SIGUSR2", "blocked_signals", "USR1|10"),
    Case("--blocked-signals=", "blocked_signals"),
    Case("--keep-ignored-signals", holds=lambda plan: "13" not in str(plan["steps"])),
    Case("--limit nofile=64:128", "limits", "64"),
    *(
        Case(f"--{name} 1:2", "limits", name.upper())
        for name in (
            *("as", "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nofile"),
            *("nproc", "rss", "rtprio", "rttime", "sigpending", "stack"),
        )
    ),
    Case("--nice 3", "nice", "3"),
    Case("--adjustment 3", "nice", "3"),
    Case("-n3", "nice", "3"),
    Case("--nice-absolute 7", "nice", "7"),
    Case("--scheduling fifo:7", "scheduling", "7"),
    Case("--scheduling batch", "scheduling", "BATCH"),
    Case("--fifo 7", "scheduling", "FIFO"),
    Case("--rr 7", "scheduling", "RR"),
    Case("--other", "scheduling", "OTHER"),
    Case("--batch", "scheduling", "BATCH"),
    Case("--idle", "scheduling", "IDLE"),
    Case(
        "--deadline --sched-runtime 1000000 --sched-deadline 2000000 --sched-period 4000000",
        "scheduling",
        "DEADLINE",
    ),
    Case("--batch --reset-on-fork", "scheduling", "BATCH"),
    Case("--cpu-list 0", "affinity", "0"),
    Case("--cpu-list 0-3:2,7", "affinity", "7"),
    Case("--io-class idle", "io_priority", "idle"),
    Case("--class 2 --classdata 5", "io_priority", "5"),
    Case("--io-level 6", "io_priority", "best"),
    Case("--timer-slack 60000", "timer_slack", "60000"),
    Case("--oom-score-adj 500", "oom_score_adj", "500"),
    Case("--adjust 500", "oom_score_adj", "500"),
    Case("--user 12 --clear-groups", "user", "12"),
    Case("--reuid root --keep-groups", "user", "0"),
    Case("--group 34", "group", "34"),
    Case("--regid root", "group", "0"),
    Case("--groups 4,root", "groups", "4"),
    Case("--clear-groups", "groups"),
    Case("--init-groups --user root", "groups"),
    Case("--bounding-set=-all", "bounding_capabilities"),
    Case("--permitted-caps net_raw", "permitted_capabilities", "net_raw"),
    Case("--inh-caps=-all,+net_raw", "permitted_capabilities", "net_raw"),
    Case("--ambient-caps net_raw,13", "ambient_capabilities", "net_raw"),
    Case("--securebits +noroot", "securebits", "noroot"),
    Case("--securebits 0x1", "securebits", "noroot"),
    Case("--keep-caps", "keep_capabilities"),
    Case("--no-new-privs", "no_new_privs"),
    Case("--nnp", "no_new_privs"),
    Case("--landlock ro:{folder} --nnp", "landlock"),
    Case("--landlock-fd {file} --nnp", "landlock"),
    Case("--seccomp-filter {filter} --nnp", "seccomp"),
    Case("--cgroup {cgroup}", "cgroup", "{cgroup}"),
    Case("--cgroup-fd {cgroup_fd}", "cgroup", "{cgroup_fd}"),
    Case("--apparmor-profile mine", "apparmor_profile", "mine"),
    Case("--selinux-label mine", "selinux_context", "mine"),
    Case("--personality 0x40000", "personality", "40000"),
    Case("--addr-no-randomize", "personality", "40000"),
    Case("--personality 8 -R", "personality", "40008"),
    Case("--dumpable 0", "dumpable", "0"),
    Case("--unshare net,uts", "unshare", "net"),
    Case("--setns net:/proc/self/ns/net", "namespaces", "net"),
    Case("--setns net:{file}", "namespaces", "{file}"),
    Case("--map-users 0:5:1", "uid_map", "0:5:1"),
    Case("--map-groups 6,0,1", "uid_map", "0:6:1"),
    Case("--map-users 0:5:1", "unshare", "NEWUSER"),
    Case("--map-root-user", "uid_map", "0:"),
    Case("--pdeathsig TERM", "death_signal", "TERM|15"),
    Case("--gate {file}", "gate", "{file}"),
    Case("--traced", "traced"),
    Case("--alarm 7", "alarm", "7"),
    Case(
        "--best-effort nice,oom_score_adj --nice 1",
        holds=lambda plan: [s["step"] for s in plan["steps"] if s["best_effort"]] == ["nice"],
    ),
    Case("--mechanism fork", holds=lambda plan: plan["reason"] == "asked"),
]

# These are seen elsewhere: test_help.py.
ELSEWHERE = {"--help", "--version"}


@lru_cache(maxsize=None)
def missing_facilities() -> frozenset[str]:
    rows = json.loads(succeeds("doctor", "--json"))["facilities"]
    return frozenset(row["name"] for row in rows if not row["usable"])


def cgroup_root() -> str:
    rows = json.loads(succeeds("doctor", "--json"))["facilities"]
    details = [row["detail"] or "" for row in rows if row["name"] == "cgroup"]
    return details[0].split()[-1] if details[0] else "/sys/fs/cgroup"


@dataclass(frozen=True)
class Place:
    """What the arguments of a case can name."""

    values: dict[str, str]
    keep: tuple[int, ...]
    terminal: int  # which is standard input, too

    def fill(self, text: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda found: self.values[found[1]], text)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    (tmp_path / "folder").mkdir()
    # BPF_RET | BPF_K, SECCOMP_RET_ALLOW: a filter that allows everything.
    (tmp_path / "filter").write_bytes(
        (6).to_bytes(2, "little") + bytes(2) + (0x7FFF0000).to_bytes(4, "little")
    )
    listening = socket.socket(socket.AF_UNIX)
    directory = os.open(tmp_path, os.O_RDONLY)
    file = os.open("/bin/true", os.O_RDONLY)
    cgroup = cgroup_root()
    cgroup_fd = os.open(cgroup if Path(cgroup).exists() else tmp_path, os.O_RDONLY)
    controller, terminal = pty.openpty()
    keep = (listening.fileno(), directory, file, cgroup_fd, terminal)
    yield Place(
        {
            "folder": str(tmp_path / "folder"),
            "filter": str(tmp_path / "filter"),
            "socket": str(listening.fileno()),
            "directory": str(directory),
            "file": str(file),
            "cgroup": cgroup,
            "cgroup_fd": str(cgroup_fd),
            "terminal": str(terminal),
        },
        keep,
        terminal,
    )
    listening.close()
    for descriptor in (directory, file, cgroup_fd, controller, terminal):
        os.close(descriptor)


def plan_of(arguments: str, place: Place) -> Plan:
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    words = [*place.fill(arguments).split(), "--", "true", "operand"]
    return explained(
        "--values", *words, keep=place.keep, environment=environment, stdin=place.terminal
    )


def test_every_option_has_a_case() -> None:
    spelled = {word.split("=")[0] for case in CASES for word in case.arguments.split()}
    spelled |= {word[:2] for word in spelled if re.fullmatch(r"-[a-zA-Z]\S*", word)}
    missing = [
        name
        for option in options()
        for name in option.names
        if name not in spelled and option.name not in ELSEWHERE
    ]
    assert missing == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.arguments)
def test_an_option_is_in_the_plan(case: Case, place: Place) -> None:
    if case.step in missing_facilities():
        words = place.fill(case.arguments).split()
        text = fails("explain", *words, "--", "true", keep=place.keep)
        assert re.match(r"--[a-z-]+: this system cannot do it", text)
        return
    plan = plan_of(case.arguments, place)
    if case.holds is not None:
        assert case.holds(plan)
    if case.step is not None:
        subjects = [step["subject"] for step in plan["steps"] if step["step"] == case.step]
        wanted = place.fill(case.subject)
        assert any(re.search(wanted, subject, re.I) for subject in subjects), plan["steps"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.arguments)
def test_what_a_system_lacks_is_said_of_the_option(case: Case, place: Place) -> None:
    """Plain POSIX knows every option, and refuses what only Linux can do."""
    words = [*place.fill(case.arguments).split(), "--", "true"]
    outcome = forkexec("explain", *words, build="posix", keep=place.keep, stdin=place.terminal)
    if outcome.status == 0:
        assert outcome.stderr == ""
        return
    found = re.fullmatch(r"forkexec: (-[^:]*): (.*)\n", outcome.stderr)
    assert found is not None, outcome
    assert set(found[1].split(", ")) <= {word.split("=")[0] for word in words}, outcome
    assert re.search("this (system|platform|build)", found[2]), outcome


# Groups of arguments whose order must not matter; some groups contain repeated options.
UNORDERED = [
    ["--nice=3", "--batch", "--umask=027", "--setsid"],
    ["--fifo=7", "--reset-on-fork", "--nofile=64", "--limit=cpu=5:6"],
    ["--deadline", "--sched-runtime=1", "--sched-deadline=2", "--sched-period=3"],
    ["--io-level=6", "--io-class=realtime", "--cpu-list=0"],
    ["--personality=8", "-R", "--chdir=/", "--chdir-when=first"],
    ["--map=7=0", "--map=8=1", "--map=9=2", "--keep=0,1"],
    ["--setenv=B=1", "--setenv=A=2", "--unset=A", "--unset=PATH", "-i"],
    ["--default-signal=INT", "--default-signal=TERM", "--ignore-signal=HUP"],
    ["--block-signal=USR1", "--block-signal=USR2", "--unblock-signal=TERM"],
    ["--user=12", "--group=34", "--groups=5,6", "--ambient-caps=net_raw"],
    ["--landlock=ro:/usr", "--landlock=rw:/tmp", "--landlock=ro:/bin", "--nnp"],
    ["--unshare=net", "--unshare=uts", "--unshare=ipc"],
    [f"--setns={name}:/proc/self/ns/{name}" for name in ("net", "user", "uts")],
    ["--best-effort=nice", "--best-effort=umask", "--nice=1", "--umask=0"],
]


@pytest.mark.parametrize("group", UNORDERED, ids=lambda group: " ".join(group))
def test_the_order_of_options_does_not_matter(group: list[str]) -> None:
    said = {
        succeeds("explain", "--values", *order, "--", "true")
        for order in itertools.permutations(group)
    }
    assert len(said) == 1


def test_the_order_of_many_options_does_not_matter(place: Place) -> None:
    once: dict[str, str] = {}
    for group in UNORDERED[:10]:
        for word in group:
            once.setdefault(word.split("=")[0], word)
    for name in ("--deadline", "--sched-runtime", "--sched-deadline", "--sched-period"):
        once.pop(name)
    words, generator = list(once.values()), random.Random(0)
    words.remove("--batch")
    expected = succeeds("explain", *words, "--", "true")
    for _ in range(50):
        generator.shuffle(words)
        assert succeeds("explain", *words, "--", "true") == expected


@pytest.mark.parametrize(
    "group",
    [
        ["--nice=1", "--nice-absolute=2"],
        ["--default-signal=HUP", "--ignore-signal=HUP"],
        ["--setsid", "--process-group=0"],
        ["--nofile=5", "--limit=nofile=5"],
        ["--landlock=ro:/", "--landlock-fd=0"],
        ["--batch", "--idle"],
        ["--cgroup=/", "--cgroup-fd=0"],
    ],
    ids=" ".join,
)
def test_what_contradicts_itself_is_refused_in_any_order(group: list[str]) -> None:
    said = set()
    for order in itertools.permutations(group):
        outcome = forkexec("exec", *order, "--", "true")
        assert outcome.status == 125 and outcome.stdout == ""
        assert outcome.stderr.count("\n") == 1
        said.add(outcome.stderr)
    assert len(said) == 1, said


def test_the_sequence_of_sockets_is_kept(place: Place) -> None:
    file, listening = place.values["file"], place.values["socket"]
    one = plan_of(f"--listen {file}:a --listen {listening}:b", place)
    other = plan_of(f"--listen {listening}:b --listen {file}:a", place)
    assert variables(one)["LISTEN_FDNAMES"] == "a:b"
    assert variables(other)["LISTEN_FDNAMES"] == "b:a"


def test_fields_are_those_of_the_command() -> None:
    """Each option says which field it sets, so that errors of fields can name options."""
    header = (ROOT / "include" / "forkexec.h").read_text(encoding="utf-8")
    command = header[header.index("typedef struct fx_command {") : header.index("} fx_command;")]
    for option in options():
        for field in option.fields:
            assert re.search(rf"\b{field}\b", command), option


def test_a_user_namespace_is_joined_where_its_privilege_counts() -> None:
    words = [f"--setns={name}:/proc/self/ns/{name}" for name in ("net", "user", "uts")]
    steps = explained(*words, "true")["steps"]
    joined = [step["subject"] for step in steps if step["step"] == "namespaces"]
    place = -1 if os.geteuid() == 0 else 0
    assert len(joined) == 3 and "NEWUSER" in joined[place]


def test_the_documentation_names_options_of_the_table() -> None:
    """doc/attributes.md has a column of them; each has to be one, with a value if it takes one."""
    known = {name: option for option in options() for name in option.names}
    text = (ROOT / "doc" / "attributes.md").read_text(encoding="utf-8")
    spelled = re.findall(r"(?<![\w-])(--[a-z][a-z-]*)", text)
    assert len(spelled) > 50
    assert [name for name in spelled if name not in known] == []

# SPDX-License-Identifier: MIT
"""How the command line is read: forms of options, and what is said of wrong ones."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.support import Option, explained, fails, forkexec, launcher, options, succeeds

BUILDS = ["default", "sanitize"]

# Arguments of `explain`, and how what is said of them begins.
WRONG = [
    (["--nicee", "5"], "--nicee: no such option; did you mean --nice?"),
    (["--umsak=022"], "--umsak: no such option; did you mean --umask?"),
    (["--setsi"], "--setsi: no such option; did you mean --setsid?"),
    (["--oom-score", "5"], "--oom-score: no such option; did you mean --oom-score-adj?"),
    (["--frobnicate"], "--frobnicate: no such option"),
    (["--" + "x" * 80], "--" + "x" * 80 + ": no such option"),
    (["-Z"], "-Z: no such option"),
    (["-iZ"], "-Z: no such option"),
    (["--nice"], "--nice: needs a value, N"),
    (["--adjustment"], "--adjustment: needs a value, N"),
    (["-n"], "-n: needs a value, N"),
    (["-in"], "-n: needs a value, N"),
    (["--setsid=yes"], "--setsid: takes no value"),
    (["--nice", "abc"], '--nice: "abc" is not a number'),
    (["--nice="], '--nice: "" is not a number'),
    (["-nabc"], '-n: "abc" is not a number'),
    (["--adjustment", "1x"], '--adjustment: "1x" is not a number'),
    (["--nice", "--json"], '--nice: "--json" is not a number'),
    (["--nice", "99999999999999999999"], "--nice: 99999999999999999999 is not from -40 to 40"),
    (["--nice-absolute", "20"], "--nice-absolute: 20 is not from -20 to 19"),
    (["--nice", "1", "--nice", "1"], "--nice: is given twice"),
    (["--nice", "1", "-n2"], "-n: is given twice"),
    (["--setsid", "--new-session"], "--new-session: is given twice"),
    (["--clear-groups", "--keep-groups"], "--keep-groups: contradicts --clear-groups"),
    (["--keep-groups", "--clear-groups"], "--keep-groups: contradicts --clear-groups"),
    (["--batch", "--fifo", "1"], "--batch: contradicts --fifo"),
    (["--scheduling", "batch", "--idle"], "--idle: contradicts --scheduling"),
    (["--chdir", "/", "--chdir-fd", "0"], "--chdir-fd: contradicts --chdir"),
    (["--umask", "8"], '--umask: "8" is not an octal number'),
    (["--umask", "1000"], "--umask: 1000 is too big"),
    (["--personality", "0xg"], '--personality: "0xg" is not a hexadecimal number'),
    (["--timer-slack", "-1"], '--timer-slack: "-1" is not a number'),
    (["--keep", "-1"], '--keep: "-1" is not the number of a descriptor'),
    (["--keep", "1,,2"], "--keep: an item of the list is empty"),
    (["--map", "3"], '--map: "3" is not CHILD=PARENT'),
    (["--map", "x=3"], '--map: "x" is not the number of a descriptor'),
    (["--listen", "3:a", "--listen", "4"], "--listen: either all of them have a name or none"),
    (["--ctty=x"], '--ctty: "x" is not the number of a descriptor'),
    (["--default-signal=FROB"], '--default-signal: "FROB" is not a signal'),
    (["--blocked-signals=INT,"], "--blocked-signals: an item of the list is empty"),
    (["--pdeathsig", "nothing"], '--pdeathsig: "nothing" is not a signal'),
    (["--limit", "nofile"], '--limit: "nofile" is not NAME=SOFT:HARD'),
    (["--limit", "files=1"], '--limit: "files" is not a limit of this system'),
    (["--nofile", "many"], '--nofile: "many" is not a number'),
    (["--nofile", ":"], '--nofile: ":" has no bound'),
    (["--nofile", ""], '--nofile: "" has no bound'),
    (["--nofile=1:2:3"], '--nofile: "2:3" is not a number'),
    (["--scheduling", "lazy"], '--scheduling: "lazy" is not a scheduling policy of this system'),
    (["--fifo", "x"], '--fifo: "x" is not a number'),
    (["--sched-runtime", "1"], "--sched-runtime: needs a policy, such as --deadline"),
    (["--reset-on-fork"], "--reset-on-fork: needs a policy, such as --other"),
    (["--cpu-list", "3-1"], '--cpu-list: the range "3-1" ends before it begins'),
    (["--cpu-list", "x"], '--cpu-list: "x" is not a number'),
    (["--cpu-list", "0-3:0"], "--cpu-list: 0 is not from 1 to 65536"),
    (["--io-class", "lazy"], '--io-class: "lazy" is not an I/O class'),
    (["--io-level", "8"], "--io-level: 8 is not from 0 to 7"),
    (["--oom-score-adj", "1001"], "--oom-score-adj: 1001 is not from -1000 to 1000"),
    (["--user", ""], "--user: the name is empty"),
    (["--user", "4294967295"], "--user: 4294967295 is not from 0 to 4294967294"),
    (["--groups", "no such group"], '--groups: there is no group "no such group"'),
    (["--ambient-caps", "+frob"], '--ambient-caps: "frob" is not a capability'),
    (["--inh-caps", "+chown,kill"], "--inh-caps: either all items begin with + or -, or none"),
    (["--securebits", "+frob"], '--securebits: "frob" is not a securebit'),
    (["--landlock", "/usr"], '--landlock: "/usr" is not ro:PATH or rw:PATH'),
    (["--landlock", "ro:"], '--landlock: "ro:" is not ro:PATH or rw:PATH'),
    (["--seccomp-filter", "/none"], '--seccomp-filter: "/none": No such file or directory'),
    (["--seccomp-filter", "/dev/null"], "--seccomp-filter: 0 bytes are no filter, which has 1 to"),
    (["--unshare", "gravity"], '--unshare: "gravity" is not a kind of namespace'),
    (["--setns", "net"], '--setns: "net" is not NAME:PATH or NAME:FD'),
    (["--setns", "net:"], '--setns: "net:" is not NAME:PATH or NAME:FD'),
    (["--map-users", "0:1"], '--map-users: "0:1" is not INSIDE:OUTSIDE:COUNT'),
    (["--map-root-user", "--map-users", "0:0:1"], "--map-root-user: contradicts --map-users"),
    (["--chdir-when", "soon"], '--chdir-when: "soon" is not last, before-identity or first'),
    (["--dumpable", "2"], "--dumpable: 2 is not from 0 to 1"),
    (["--alarm", "0"], "--alarm: 0 is not from 1 to 2147483647"),
    (["--setenv", "A"], '--setenv: "A" is not NAME=VALUE'),
    (["--setenv", "=x"], '--setenv: "=x" is not NAME=VALUE'),
    (["--setenv", "A=1", "--setenv", "A=2"], "--setenv: A is set twice"),
    (["--unset", "A=1"], '--unset: "A=1" is not the name of a variable'),
    (["--best-effort", "frob"], '--best-effort: "frob" is not a kind of step that can be skipped'),
    (["--mechanism", "magic"], '--mechanism: "magic" is not a mechanism'),
    # The library's own checks, with the option's name for the field's.
    (["--process-group", "0", "--setsid"], "--process-group: excludes new_session, which makes"),
    (["--nofile=5:2", "--cpu=1"], "--cpu, --nofile: nofile: the soft limit is above the hard"),
    (["--limit", "nofile=5", "--nofile=5"], "--limit, --nofile: nofile is given twice"),
    (["--user", "no-such-user", "--clear-groups"], '--user: there is no user "no-such-user"'),
    (["--user", "0"], "groups: must be decided on when user is set: "),
    (["--keep", "999"], "--keep: descriptor 999 is not open"),
]


@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize(("arguments", "said"), WRONG, ids=[" ".join(a)[:60] for a, _ in WRONG])
def test_what_is_wrong_is_said_in_one_line(arguments: list[str], said: str, build: str) -> None:
    command = [] if "needs a value" in said else ["--", "true"]
    text = fails("explain", *arguments, *command, build=build)
    assert text.startswith(said), text


@pytest.mark.parametrize("option", options(), ids=lambda option: option.name)
def test_an_option_that_takes_no_value_refuses_one(option: Option) -> None:
    if option.value is None:
        assert fails("exec", f"{option.name}=x") == f"{option.name}: takes no value"
    elif option.optional:
        assert fails("exec", option.name) != f"{option.name}: needs a value, {option.value}"
    else:
        assert fails("exec", option.name) == f"{option.name}: needs a value, {option.value}"


ONCE = [option for option in options() if not option.repeats and option.fields]


@pytest.mark.parametrize("option", ONCE, ids=lambda option: option.name)
def test_an_option_is_given_once(option: Option) -> None:
    """Under any of its names; the values do not even have to be valid."""
    value = [] if option.value is None or option.optional else ["x"]
    for name in option.names:
        text = fails("exec", option.name, *value, name, *value, "--", "true")
        assert text == f"{name}: is given twice"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--nice=5"],
        ["--nice", "5"],
        ["-n5"],
        ["-n", "5"],
        ["--adjustment=5"],
        ["-in5"],
        ["-in", "5"],
        ["-n", "+5"],
    ],
    ids=" ".join,
)
def test_forms_of_an_option(arguments: list[str]) -> None:
    steps = {step["step"]: step["subject"] for step in explained(*arguments, "true")["steps"]}
    assert steps["nice"] == "+5"


def test_a_negative_value_is_no_option() -> None:
    for arguments in (["-n", "-5"], ["-n-5"], ["--nice", "-5"], ["--nice=-5"]):
        assert explained(*arguments, "--", "true")["program"] == "true"


def test_options_end_at_the_first_operand() -> None:
    for arguments in (["true", "--nice", "x"], ["--", "true", "--nice", "x"]):
        assert explained(*arguments)["arguments"] == ["true", "--nice", "x"]
    assert explained("--", "--setsid")["program"] == "--setsid"


def test_names_are_not_abbreviated() -> None:
    assert "did you mean" in fails("exec", "--umas", "022", "true")


def test_operands_before_the_command_are_variables() -> None:
    plan = explained("--values", "-i", "B=2", "A=1", "A=3", "E=", "true", "C=4")
    assert plan["environment"] == [["B", "2"], ["A", "3"], ["E", ""]]
    assert plan["arguments"] == ["true", "C=4"]


def test_operands_win_over_options() -> None:
    plan = explained("--values", "-i", "--setenv", "A=1", "--", "A=2", "true")
    assert plan["environment"] == [["A", "2"]]


def test_a_lone_dash_empties_the_environment() -> None:
    assert explained("-", "true")["environment"] == []
    assert explained("-i", "-", "true")["environment"] == []
    assert explained("--values", "-", "A=1", "true")["environment"] == [["A", "1"]]


def test_a_variable_without_a_name() -> None:
    assert fails("exec", "=x", "true") == '"=x" names no variable'


@pytest.mark.parametrize("subcommand", ["exec", "explain"])
def test_no_command(subcommand: str) -> None:
    for arguments in ([], ["--"], ["A=1"], ["--nice", "1"], ["-"]):
        assert fails(subcommand, *arguments).startswith("no command is given")


def test_no_subcommand() -> None:
    assert fails().startswith("no subcommand is given")
    assert fails("frob").startswith('"frob" is no subcommand')
    assert fails("--nice", "5", "true").startswith('"--nice" is no subcommand')
    assert fails("--print").startswith("--print: it is man, bash, ")
    assert fails("--print", "frob").startswith("--print: it is man, bash, ")


def test_doctor_takes_no_operand() -> None:
    assert fails("doctor", "x") == '"x" is one argument too many'


def test_a_complaint_is_one_line_whatever_is_in_it() -> None:
    text = fails("exec", "--nice", "a\nb\x1b[31m\x7f", "true")
    assert text == '--nice: "a\\012b\\033[31m\\177" is not a number'
    long = fails("exec", "--nice", "\n" * 100_000, "true")
    assert len(long) < 4000


def test_bytes_that_are_no_text_are_passed_on(tmp_path: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/\xff"
    os.mkdir(odd)
    out = succeeds("exec", "-C", odd, "pwd")
    assert os.fsencode(out.rstrip("\n")) == odd


@pytest.mark.parametrize("closed", [0, 1, 2])
def test_a_standard_stream_may_be_closed(closed: int) -> None:
    shell = f'"$0" exec true {closed}<&-; echo $?'
    outcome = forkexec("exec", "sh", "-c", shell, launcher())
    assert outcome.stdout == "0\n"

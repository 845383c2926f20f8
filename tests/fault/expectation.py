# SPDX-License-Identifier: MIT
"""Which faults there are to inject, and what must come of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from errno import (
    E2BIG,
    EACCES,
    EAGAIN,
    EBADF,
    EBADFD,
    EBUSY,
    ECANCELED,
    ECHILD,
    EFAULT,
    EINTR,
    EINVAL,
    EIO,
    EMFILE,
    ENFILE,
    ENOENT,
    ENOMEM,
    ENOSPC,
    ENOSYS,
    ENOTSUP,
    EPERM,
    ESRCH,
)
from itertools import groupby

from tests.fault.outcome import Call, Fault, Outcome, Setting


@dataclass(frozen=True)
class Rule:
    """The errors of a call, and the steps that may report them.

    No steps: the spawn goes on as if nothing had been, as it does after those in `passed`.
    `tolerated`: either. `instead`: errors that what is looked for by this call is reported by.
    """

    before: tuple[int, ...] = ()
    after: tuple[int, ...] = ()
    steps: tuple[str, ...] = ()
    tolerated: bool = False
    passed: tuple[int, ...] = ()
    instead: tuple[int, ...] = ()


CLONE = Rule(before=(EAGAIN, ENOMEM), steps=("clone",))
MEMORY = Rule(before=(ENOMEM, EAGAIN), steps=("malloc", "clone"))
# A close that fails has closed nevertheless.
CLOSE = Rule(after=(EINTR, EIO))
# Asked for a message only.
LOOK = Rule(before=(EACCES, ENOENT))
# What an attribute needs is not there.
LACK = Rule(before=(ENOSYS, EINVAL), steps=("command",), tolerated=True, instead=(ENOTSUP, EINVAL))
# These errors mean that another mechanism may do.
REFUSALS = (ENOSYS, EPERM, EACCES, EINVAL, E2BIG)

FEW = 4

RULES: dict[str, dict[str, Rule]] = {
    "parent": {
        # Whether there is a kind of namespace, and which capability is the last one.
        "access": Rule(
            before=(EACCES, ENOENT), steps=("command",), tolerated=True, instead=(ENOTSUP,)
        ),
        "brk": Rule(before=(ENOMEM, EAGAIN)),
        "capget": LACK,
        "clone": CLONE,
        "clone3": CLONE,
        "close": CLOSE,
        # Then what the child needs stays where it is.
        "dup3": Rule(before=(EBADF, EBUSY)),
        "fcntl": Rule(before=(EBADF, EMFILE), steps=("command", "pipe"), tolerated=True),
        # Cannot fail, but what has never been made cannot be trusted.
        "getpid": Rule(before=(ENOSYS,)),
        "gettid": Rule(before=(ENOSYS,)),
        # The members of a group are killed one by one as well.
        "kill": Rule(before=(EPERM, ESRCH)),
        "memfd_create": Rule(before=(EMFILE, ENOSYS)),
        "mmap": MEMORY,
        "mprotect": MEMORY,
        "newfstatat": LOOK,
        "openat": Rule(before=(EMFILE, ENFILE), steps=("open",), tolerated=True),
        "pidfd_open": Rule(before=(ENOSYS, EMFILE)),
        "pipe2": Rule(before=(EMFILE, ENFILE), steps=("pipe",)),
        "prlimit64": Rule(before=(EFAULT, EPERM), steps=("command",), tolerated=True),
        "poll": Rule(before=(EINTR, EAGAIN)),
        "read": Rule(before=(EINTR,)),
        "rt_sigprocmask": Rule(before=(EINVAL, EFAULT), steps=("sigprocmask",)),
        # Asked once a process, whether there is such a thing.
        "ioprio_get": LACK,
        "landlock_create_ruleset": LACK,
        "prctl": LACK,
        "sched_getattr": LACK,
        "seccomp": LACK,
        # Then the table of descriptors is not shared.
        "uname": Rule(before=(EFAULT, ENOSYS)),
        # Interrupted; or somebody else has reaped it.
        "waitid": Rule(before=(EINTR,), after=(ECHILD,)),
    },
    "child": {
        "capset": Rule(before=(EPERM,), steps=("capset",)),
        "capget": Rule(before=(EINVAL,), steps=("capset",)),
        "chdir": Rule(before=(EACCES, EIO), steps=("chdir", "chroot")),
        "close": CLOSE,
        # No memory for a table of its own is an error; a refusal means that there are other ways.
        "close_range": Rule(
            before=(ENOSYS, EPERM, ENOMEM),
            steps=("close_range",),
            tolerated=True,
            passed=(ENOSYS, EPERM),
        ),
        "dup3": Rule(before=(EBADF, EMFILE), steps=("dup2",)),
        "execve": Rule(before=(EIO, ENOMEM), steps=("exec",)),
        # A child that cannot fetch is followed by one that need not.
        "getppid": Rule(before=(ENOSYS,)),
        "getpid": Rule(),
        "getpriority": Rule(before=(ESRCH,), steps=("sched_setattr", "setpriority")),
        "ioprio_set": Rule(before=(EPERM,), steps=("ioprio_set",)),
        # A file has fewer rights than a directory: EINVAL means to try with these.
        "landlock_add_rule": Rule(before=(EBADFD, EINVAL), steps=("landlock",), passed=(EINVAL,)),
        "landlock_create_ruleset": Rule(before=(ENOMEM,), steps=("landlock",)),
        "landlock_restrict_self": Rule(before=(EPERM, E2BIG), steps=("landlock",)),
        # Of what need not succeed, or not.
        "openat": Rule(
            before=(EMFILE, EACCES), steps=("landlock", "oom_score_adj"), tolerated=True
        ),
        "personality": Rule(before=(EINVAL,), steps=("personality",)),
        "prctl": Rule(before=(EPERM, EINVAL), steps=("prctl",), tolerated=True),
        "prlimit64": Rule(before=(EPERM, EINVAL), steps=("setrlimit",)),
        "sched_setaffinity": Rule(before=(EINVAL,), steps=("sched_setaffinity",)),
        "sched_setattr": Rule(before=(EPERM, EBUSY), steps=("sched_setattr",)),
        "seccomp": Rule(before=(EACCES, ENOMEM), steps=("seccomp",)),
        "setitimer": Rule(before=(EINVAL,), steps=("setitimer",)),
        "setpriority": Rule(before=(EACCES, EPERM), steps=("setpriority",)),
        "chroot": Rule(before=(EPERM, ENOENT), steps=("chroot",)),
        "unshare": Rule(before=(EPERM, ENOSPC), steps=("unshare",)),
        "pidfd_open": Rule(before=(ENOSYS, EPERM, EMFILE)),
        "pidfd_getfd": Rule(before=(ENOSYS, EPERM, EBADF, EMFILE)),
        "exit_group": Rule(before=(EIO, EINTR)),
        "fcntl": Rule(before=(EMFILE, EBADF), steps=("dup2",)),
        # How many handlers can be asked for depends on the kernel.
        "rt_sigaction": Rule(before=(EINVAL, EFAULT), steps=("sigaction",), tolerated=True),
        "rt_sigprocmask": Rule(before=(EINVAL, EFAULT), steps=("sigprocmask",)),
        "set_robust_list": Rule(before=(ENOSYS, EINVAL)),
        "setgroups": Rule(before=(EPERM, EINVAL), steps=("setgroups",)),
        "setpgid": Rule(before=(EPERM, EACCES), steps=("setpgid",)),
        "setresgid": Rule(before=(EPERM, EAGAIN), steps=("setresgid",)),
        "setresuid": Rule(before=(EPERM, EAGAIN), steps=("setresuid",)),
        "setsid": Rule(before=(EPERM, EIO), steps=("setsid",)),
        # Whoever cannot say that it goes on does not.
        "write": Rule(before=(EINTR, EIO), steps=("exec",), tolerated=True),
        # Cannot fail.
        "umask": Rule(),
    },
}


def is_mask_restoration(call: Call, calls: list[Call]) -> bool:
    """Of the parent's changes of its mask each second one, to what it was before, cannot fail."""
    changes = [each for each in calls if (each.who, each.name) == ("parent", "rt_sigprocmask")]
    return call in changes[1::2]


def without_repetitions(calls: list[Call]) -> Iterator[Call]:
    """Of a call that is made many times over, as for each signal, the first and the last few."""
    for _, group in groupby(calls, key=lambda call: (call.who, call.name)):
        run = list(group)
        yield from run if len(run) <= 2 * FEW else [*run[:FEW], *run[-FEW:]]


def faults_of(calls: list[Call]) -> Iterator[Fault]:
    """Every call failed in turn, with each of its errors, and the child killed at each of its."""
    for call in without_repetitions(calls):
        rule = RULES[call.who].get(call.name)
        if rule is None:
            raise KeyError(f"{call.who} {call.name}: say in RULES how it can fail")
        if not is_mask_restoration(call, calls):
            for error in rule.before:
                yield Fault(call, f"before={error}")
            for error in rule.after:
                yield Fault(call, f"after={error}")
        if call.name in ("clone", "clone3"):
            for error in REFUSALS:
                yield Fault(call, f"before={error}")
        if call.who == "child":
            yield Fault(call, "kill")


def same(clean: Outcome, outcome: Outcome) -> bool:
    """As if nothing had been; another mechanism may have done it."""
    return (
        (outcome.spawned is None) == (clean.spawned is None)
        and (outcome.code, outcome.step) == (clean.code, clean.step)
        and (outcome.ended, outcome.ran, outcome.report) == (clean.ended, clean.ran, clean.report)
    )


def is_failure(outcome: Outcome, code: int, steps: tuple[str, ...]) -> bool:
    return outcome.spawned is None and outcome.code == code and outcome.step in steps


def after_kill(setting: Setting, fault: Fault, clean: Outcome, outcome: Outcome) -> bool:
    """Killed before its program, it never ran, and that is said."""
    if is_failure(outcome, ECANCELED, ("exec", "clone")):
        return "signal 9" in outcome.message
    # From the beginning of execve on, the parent counts it as started, and sees its end.
    execve = next(call for call in clean.calls if call.name == "execve")
    if fault.call.number >= execve.number and outcome.spawned is not None:
        # The other one of a pipeline runs nevertheless.
        return outcome.ended == "-1 9" and (not outcome.ran or setting.variant == "pipeline")
    if fault.call.name == "execve" and setting.variant == "half-pipeline":
        return same(clean, outcome)
    # What had failed before was reported; the probe of memory sharing had left its mark.
    return fault.call.name in ("exit_group", "write") and same(clean, outcome)


def is_right(setting: Setting, fault: Fault, clean: Outcome, outcome: Outcome) -> bool:
    if fault.action == "kill":
        return after_kill(setting, fault, clean, outcome)
    rule = RULES[fault.call.who][fault.call.name]
    if fault.call.name in ("clone", "clone3") and fault.error in REFUSALS:
        # The next mechanism, unless this one was forced; fork has no next.
        forced = setting.mechanism != "auto" or setting.variant in ("identity", "privileged")
        return same(clean, outcome) or (forced and outcome.code in (fault.error, ENOSYS))
    if not rule.steps or fault.error in rule.passed:
        return same(clean, outcome)
    if any(is_failure(outcome, code, rule.steps) for code in (fault.error, *rule.instead)):
        return True
    if fault.call.name == "write" and fault.error == EIO and clean.spawned is None:
        # A failure that cannot be told shows in the status of a child that failed.
        return outcome.ended == "255 0" and not outcome.ran
    return rule.tolerated and same(clean, outcome)


def complaint(setting: Setting, fault: Fault, clean: Outcome, outcome: Outcome) -> str | None:
    """What is wrong with the outcome of a fault; None if all is as it must be."""
    problems = list(outcome.complaints)
    if not outcome.injected:
        problems.append("it was not injected")
    if outcome.spawned is None and outcome.ran:
        problems.append("it is said to have failed, but the program ran")
    if not is_right(setting, fault, clean, outcome):
        problems.append(f"unexpected: {outcome.spawned or outcome.message}, {outcome.ended}")
        if outcome.ran and outcome.report != clean.report:
            problems.append(f"the program saw:\n{outcome.report}\ninstead of:\n{clean.report}")
    return f"{fault}: {'; '.join(problems)}" if problems else None

# SPDX-License-Identifier: MIT
"""What the tests of Setup run in interpreters of any version.

Needs nothing but the standard library; they are put in front of programs.
"""

OBSERVE = r"""
import functools, json, os, re, resource, signal, subprocess, sys
partial = functools.partial

# A shell would change its signal mask.
SCRIPT = "print readlink('/proc/self/cwd'), qq(\\n); print while <>;"
COMMAND = ["/usr/bin/perl", "-e", SCRIPT, *map("/proc/self/".__add__, ("status", "limits", "stat"))]
STATUS = {"Umask", "Uid", "Gid", "Groups", "SigBlk", "SigIgn", "Cpus_allowed_list", "NoNewPrivs",
          "CapEff", "CapBnd", "CapAmb"}

def parse(output):
    directory, *lines, stat = output.splitlines()
    found = {"directory": directory}
    for line in lines:
        if line.split(":")[0] in STATUS:
            name, _, value = line.partition(":")
            found[name] = value.strip()
        elif line.startswith("Max "):
            name, soft, hard = re.match(r"Max (.*?)  +(\S+) +(\S+)", line).groups()
            found[name] = [soft, hard]
    pid, rest = int(stat.split()[0]), stat.rsplit(")", 1)[1].split()
    found["leads"] = [int(rest[2]) == pid, int(rest[3]) == pid]
    found["nice"], found["priority"], found["policy"] = rest[16], rest[37], rest[38]
    return found

def see(preexec_fn, **options):
    options.update(stdout=-1, preexec_fn=preexec_fn)
    return parse(subprocess.run(COMMAND, **options).stdout.decode())

def attempt(preexec_fn, **options):
    try:
        return see(preexec_fn, **options)
    except (OSError, subprocess.SubprocessError) as error:
        return repr(error)

def state():
    limits = [resource.getrlimit(number) for number in range(16)]
    mask = os.umask(0)
    os.umask(mask)
    signals = [signal.getsignal(number) for number in (1, 2, 13, 15)]
    return [limits, mask, str(signals), os.getcwd(), os.getpgrp(), os.getsid(0), os.nice(0),
            os.sched_getaffinity(0), str(signal.pthread_sigmask(signal.SIG_BLOCK, ())),
            os.getresuid(), os.getresgid(), os.getgroups(), sorted(os.listdir("/proc/self/fd"))]
"""

INSTALLED = OBSERVE + "import forkexec\nfrom forkexec import Setup\nforkexec.install()\n"

# By _execute_child's short way, and by fork_exec, as the number is no plain one.
BOTH_WAYS = """
class Number(int):
    pass
def both(command, setup, **options):
    results = []
    for way in ({}, {"restore_signals": Number(1)}):
        try:
            done = subprocess.run(command, stdout=-1, preexec_fn=setup, **{**options, **way})
            results.append(done.stdout.decode())
        except (OSError, subprocess.SubprocessError) as error:
            results.append((type(error).__name__, str(error), getattr(error, "filename", None)))
    assert results[0] == results[1], results
    return results[0]
"""

# SPDX-License-Identifier: MIT
"""forkexec exec: what the command then is, seen from inside, and the status where there is none."""

from __future__ import annotations

import os
import resource
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.support import (
    DEADLINE,
    FAILED,
    NOT_EXECUTABLE,
    NOT_FOUND,
    ROOT,
    fails,
    forkexec,
    launcher,
    succeeds,
)

root = pytest.mark.skipif(os.geteuid() != 0, reason="means nothing to an unprivileged user")


def status_of(*arguments: str) -> dict[str, str]:
    """The lines of /proc/self/status, of a command without a shell between."""
    text = succeeds("exec", *arguments, "cat", "/proc/self/status")
    return dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)


def bit(number: int) -> int:
    return 1 << (number - 1)


def mask_of(status: dict[str, str], name: str) -> int:
    return int(status[name], 16)


# ---- becoming the command ----


def test_it_becomes_the_command() -> None:
    with subprocess.Popen(
        [launcher(), "exec", "sh", "-c", "echo $$; exit 7"], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert int(process.stdout.read()) == process.pid
        assert process.wait(timeout=DEADLINE) == 7


def test_it_leaves_nothing_open(tmp_path: Path) -> None:
    """Standard streams, and the directory that is being listed."""
    reader, writer = os.pipe()
    listed = succeeds("exec", "ls", "/proc/self/fd", keep=(reader, writer)).split()
    os.close(reader)
    os.close(writer)
    assert listed == ["0", "1", "2", "3"]


def test_arguments_arrive() -> None:
    words = ["", "two words", "--help", "-n", "*", "\udcff"]
    out = succeeds("exec", "printf", "%s|", *words)
    assert out == "".join(f"{word}|" for word in words)


# ---- statuses ----


def test_not_found() -> None:
    for program in ("/nonexistent/program", "no-such-program-anywhere", "/etc/passwd/x"):
        text = fails("exec", program, status=NOT_FOUND)
        assert text.startswith(f'exec("{program}"): '), text


def test_found_but_not_executable(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_text("text", encoding="utf-8")
    assert fails("exec", str(plain), status=NOT_EXECUTABLE).endswith("Permission denied")
    assert fails("exec", str(tmp_path), status=NOT_EXECUTABLE).endswith("Permission denied")
    plain.chmod(0o755)
    assert fails("exec", str(plain), status=NOT_EXECUTABLE).endswith("Exec format error")


def test_a_script_without_its_interpreter_has_been_found(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("#!/nonexistent/interpreter\n", encoding="utf-8")
    script.chmod(0o755)
    text = fails("exec", str(script), status=NOT_EXECUTABLE)
    assert text == f'exec("{script}"): interpreter "/nonexistent/interpreter" not found'


def test_a_step_that_fails_is_named() -> None:
    assert fails("exec", "-C", "/nonexistent", "true", status=FAILED) == (
        'chdir("/nonexistent"): No such file or directory'
    )
    assert fails("exec", "--keep", "99", "true").startswith("--keep: ")


def test_a_signal_is_the_commands_end() -> None:
    assert forkexec("exec", "sh", "-c", "kill -9 $$").status == -signal.SIGKILL


# ---- effects ----


def test_program(tmp_path: Path) -> None:
    out = succeeds("exec", "-a", "other", "sh", "-c", "cat /proc/$$/cmdline")
    assert out.split("\0")[0] == "other"
    echo = os.open("/bin/echo", os.O_RDONLY)
    assert succeeds("exec", "--program-fd", str(echo), "name", "hello", keep=(echo,)) == "hello\n"
    os.close(echo)
    script = tmp_path / "script"
    script.write_text("echo from sh\n", encoding="utf-8")
    script.chmod(0o755)
    assert succeeds("exec", "--shell-fallback", str(script)) == "from sh\n"


def test_environment() -> None:
    environment = {"PATH": os.environ["PATH"], "A": "1", "B": "2", "BASH_ENV": "/x"}
    env = ("/usr/bin/env",)
    assert succeeds("exec", "-i", *env, environment=environment) == ""
    assert succeeds("exec", "-i", "C=3", *env, environment=environment) == "C=3\n"
    out = succeeds("exec", "-u", "A", "--setenv", "B=x", *env, environment=environment)
    assert "A=" not in out and "\nB=x\n" in "\n" + out
    assert "BASH_ENV" not in succeeds("exec", "--clean-environment", *env, environment=environment)
    assert (
        succeeds("exec", "--pid-variable", "P", "sh", "-c", "test $P = $$ && echo yes") == "yes\n"
    )


def test_directory_and_umask(tmp_path: Path) -> None:
    assert succeeds("exec", "-C", str(tmp_path), "pwd") == f"{tmp_path}\n"
    folder = os.open(tmp_path, os.O_RDONLY)
    assert succeeds("exec", "--chdir-fd", str(folder), "pwd", keep=(folder,)) == f"{tmp_path}\n"
    os.close(folder)
    succeeds("exec", "--umask", "077", "touch", str(tmp_path / "file"))
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600


def test_descriptors() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"through")
    os.close(writer)
    assert succeeds("exec", "--map", f"0={reader}", "head", "-c", "4", keep=(reader,)) == "thro"
    kept = f"head -c 3 /proc/self/fd/{reader}"
    assert succeeds("exec", "--keep", str(reader), "sh", "-c", kept, keep=(reader,)) == "ugh"
    listed = f"test -e /proc/self/fd/{reader}; echo $?"
    for options, found in (
        ([], "1\n"),
        (["--inherit-others"], "0\n"),
        (["--inherit-others", f"--close={reader}"], "1\n"),
    ):
        assert succeeds("exec", *options, "sh", "-c", listed, keep=(reader,)) == found
    say = "echo $LISTEN_FDS $((LISTEN_PID == $$)) $LISTEN_FDNAMES; test -e /proc/$$/fd/3 && echo 3"
    out = succeeds("exec", "--listen", f"{reader}:web", "sh", "-c", say, keep=(reader,))
    assert out == "1 1 web\n3\n"
    os.close(reader)


def test_session() -> None:
    fields = ("cat", "/proc/self/stat")
    pid, _, _, _, group, session = succeeds("exec", "--setsid", *fields).split()[:6]
    assert pid == group == session
    pid, _, _, _, group, session = succeeds("exec", "--process-group", "0", *fields).split()[:6]
    assert pid == group != session


def test_signals() -> None:
    status = status_of("--ignore-signal=HUP,USR1")
    assert mask_of(status, "SigIgn") & bit(signal.SIGHUP) and mask_of(status, "SigIgn") & bit(10)
    status = status_of("--ignore-signal")
    assert mask_of(status, "SigIgn") & bit(signal.SIGTERM)
    status = status_of("--blocked-signals=USR2")
    assert mask_of(status, "SigBlk") == bit(signal.SIGUSR2)
    status = status_of("--block-signal=USR2", "--block-signal=USR1", "--unblock-signal=TERM")
    assert mask_of(status, "SigBlk") & bit(signal.SIGUSR1)
    assert mask_of(status_of("--unblock-signal"), "SigBlk") == 0
    ignoring = ["sh", "-c", 'trap "" PIPE HUP; exec "$@"', "sh", launcher(), "exec"]
    for arguments, ignored in (
        ([], {signal.SIGHUP}),
        (["--default-signal=HUP"], set()),
        (["--default-signal"], set()),
        (["--keep-ignored-signals"], {signal.SIGHUP, signal.SIGPIPE}),
    ):
        command = [*ignoring, *arguments, "grep", "SigIgn", "/proc/self/status"]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        mask = int(text.split()[1], 16)
        for number in (signal.SIGHUP, signal.SIGPIPE):
            assert bool(mask & bit(number)) == (number in ignored), (arguments, text)


def test_limits() -> None:
    code = "import resource; print(*resource.getrlimit(resource.RLIMIT_{}))"

    def limits(name: str, *arguments: str) -> tuple[int, int]:
        text = succeeds("exec", *arguments, sys.executable, "-S", "-c", code.format(name))
        soft, hard = map(int, text.split())
        return soft, hard

    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    assert limits("NOFILE", "--nofile", "64") == (64, 64)
    assert limits("NOFILE", "--nofile", "64:128") == (64, 128)
    assert limits("NOFILE", "--nofile=64:") == (64, hard)
    assert limits("NOFILE", "--limit", "nofile=max") == (hard, hard)
    assert limits("NOFILE", "--limit", "nofile=max:512") == (512, 512)
    assert limits("CORE", "--core", "0:") == (0, resource.getrlimit(resource.RLIMIT_CORE)[1])
    assert limits("CPU", "--cpu", "50:60", "--stack", "8388608:") == (50, 60)
    assert fails("exec", "--nofile", "128:64", "true").startswith("--nofile: ")


def test_scheduling() -> None:
    nice = os.nice(0)
    assert succeeds("exec", "-n", "3", "nice") == f"{min(nice + 3, 19)}\n"
    assert succeeds("exec", "--nice-absolute", "15", "nice") == "15\n"
    code = "import os; print(os.sched_getscheduler(0), sorted(os.sched_getaffinity(0)))"
    cpu = min(os.sched_getaffinity(0))
    python = (sys.executable, "-S", "-c", code)
    assert succeeds("exec", "--batch", "--cpu-list", str(cpu), *python) == (
        f"{os.SCHED_BATCH} [{cpu}]\n"
    )
    assert succeeds("exec", "--scheduling", "idle", *python).startswith(f"{os.SCHED_IDLE} ")
    reset = f"{os.SCHED_BATCH | os.SCHED_RESET_ON_FORK} "
    assert succeeds("exec", "--batch", "--reset-on-fork", *python).startswith(reset)
    assert succeeds("exec", "--io-class", "idle", "ionice") == "idle\n"
    assert succeeds("exec", "--io-level", "6", "ionice") == "best-effort: prio 6\n"
    assert (
        succeeds("exec", "--timer-slack", "60000", "cat", "/proc/self/timerslack_ns") == "60000\n"
    )
    assert succeeds("exec", "--oom-score-adj", "500", "cat", "/proc/self/oom_score_adj") == "500\n"


@root
def test_identity() -> None:
    status = status_of("--user", "1234", "--group", "2345", "--groups", "5,6")
    assert status["Uid"].split() == ["1234"] * 4
    assert status["Gid"].split() == ["2345"] * 4
    assert status["Groups"].split() == ["5", "6"]
    status = status_of("--reuid", "daemon", "--init-groups")
    assert status["Uid"].split() == ["1"] * 4 and status["Gid"].split() == ["1"] * 4
    assert status_of("--clear-groups", "--regid", "root")["Groups"].strip() == ""
    assert status_of("--user", "0", "--keep-groups")["Uid"].split() == ["0"] * 4


def test_a_user_without_a_decision_on_groups() -> None:
    assert "groups" in fails("exec", "--user", str(os.getuid()), "true")
    assert fails("exec", "--user", "no-such-user", "--clear-groups", "true").startswith("--user: ")


@root
def test_capabilities() -> None:
    net_raw, chown = 1 << 13, 1 << 0
    own = mask_of(status_of(), "CapBnd")
    status = status_of("--bounding-set=-net_raw")
    assert mask_of(status, "CapBnd") == own & ~net_raw
    assert mask_of(status_of("--bounding-set=-all,+chown"), "CapBnd") == chown
    status = status_of("--user", "1234", "--clear-groups", "--ambient-caps", "+net_raw")
    assert mask_of(status, "CapAmb") == net_raw and mask_of(status, "CapEff") == net_raw
    status = status_of("--inh-caps", "net_raw,chown")
    assert mask_of(status, "CapInh") == net_raw | chown
    assert "bounding set" in fails("exec", "--bounding-set=-all,+63", "true")
    code = "import ctypes; print(ctypes.CDLL(None).prctl(27, 0, 0, 0, 0))"
    bits = succeeds("exec", "--securebits", "+noroot,+noroot_locked", sys.executable, "-c", code)
    assert bits == "3\n"


def test_containment(tmp_path: Path) -> None:
    assert status_of("--no-new-privs")["NoNewPrivs"] == "1"
    allow = (6).to_bytes(2, sys.byteorder) + bytes(2) + (0x7FFF0000).to_bytes(4, sys.byteorder)
    (tmp_path / "filter").write_bytes(allow)
    status = status_of("--nnp", "--seccomp-filter", str(tmp_path / "filter"))
    assert status["Seccomp"] == "2"
    assert "40000" in succeeds("exec", "-R", "cat", "/proc/self/personality")
    assert succeeds("exec", "--personality", "0x8", "cat", "/proc/self/personality") == "00000008\n"
    shell = f"cat /proc/version && echo x >{tmp_path}/out || echo kept out"
    outcome = forkexec("exec", "--nnp", "--landlock", "ro:/", "sh", "-c", shell)
    assert outcome.stdout.startswith("Linux") and outcome.stdout.endswith("kept out\n")
    inside = ["--landlock", "ro:/", "--landlock", f"rw:{tmp_path}", "--nnp"]
    succeeds("exec", *inside, "sh", "-c", f"echo x >{tmp_path}/out")


@root
def test_root_and_namespaces(tmp_path: Path) -> None:
    assert fails("exec", "--chroot", str(tmp_path), "/bin/true", status=NOT_FOUND)
    folder = ROOT / "build" / "default" / "tests" / "programs"
    (tmp_path / "report").write_bytes((folder / "report").read_bytes())
    (tmp_path / "report").chmod(0o755)
    seen = succeeds("exec", "--chroot", str(tmp_path), "--setenv", "A=1", "/report").splitlines()
    assert "argument /report" in seen and "environment A=1" in seen
    own = os.readlink("/proc/self/ns/uts")
    assert succeeds("exec", "--unshare", "uts", "readlink", "/proc/self/ns/uts").strip() != own
    joined = succeeds("exec", "--setns", "uts:/proc/self/ns/uts", "readlink", "/proc/self/ns/uts")
    assert joined.strip() == own
    assert fails("exec", "--unshare", "pid", "true").startswith("--unshare: ")


def test_root_of_a_user_namespace() -> None:
    """Of somebody who is nobody outside: what is root here is not where it came from."""
    become = ["exec", "--map-root-user", "sh", "-c", "id -u; cat /proc/self/uid_map"]
    if os.geteuid() == 0:
        nobody = ["--user", "65534", "--group", "65534", "--clear-groups"]
        become = ["exec", *nobody, launcher(), *become]
    inside, line = succeeds(*become).splitlines()
    assert inside == "0"
    outside = "65534" if os.geteuid() == 0 else str(os.geteuid())
    assert line.split() == ["0", outside, "1"]


def test_best_effort() -> None:
    """More processors than there can be: nobody has them."""
    impossible = ["--cpu-list", "8000"]
    assert fails("exec", *impossible, "true").startswith("sched_setaffinity(")
    done = forkexec("exec", *impossible, "--best-effort", "affinity,nice", "echo", "on")
    assert (done.status, done.stdout) == (0, "on\n")
    assert done.stderr == "forkexec: affinity: skipped: Invalid argument\n"


def test_alarm() -> None:
    outcome = forkexec("exec", "--alarm", "1", "sleep", "1000")
    assert outcome.status == -signal.SIGALRM


def test_gate() -> None:
    reader, writer = os.pipe()
    command = [launcher(), "exec", "--gate", str(reader), "echo", "open"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, pass_fds=(reader,)) as process:
        os.close(reader)
        assert process.poll() is None
        os.close(writer)
        assert process.stdout is not None and process.stdout.read() == b"open\n"
        assert process.wait(timeout=DEADLINE) == 0


def test_death_signal() -> None:
    code = (
        "import ctypes; number = ctypes.c_int();"
        "ctypes.CDLL(None).prctl(2, ctypes.byref(number)); print(number.value)"
    )
    assert succeeds("exec", "--pdeathsig", "USR1", sys.executable, "-c", code) == "10\n"

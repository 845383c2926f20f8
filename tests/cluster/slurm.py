# SPDX-License-Identifier: MIT
"""A Slurm of one node, in a directory of its own: its key, socket, ports, state and logs are met by
no other Slurm of this machine, nor does it meet theirs."""

from __future__ import annotations

import os
import re
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import forkexec
import pytest

from tools.build import ROOT

DEADLINE = 120  # seconds: only so that a hang becomes a failure
PAUSE = 0.05  # between two questions to a daemon, which has no other way to be waited for
BUILT = ROOT / "build" / "default" / "cli"
CPUS = 16  # said to be here, so that a job of the manual's size fits on any machine
MUNGE_FILES = ("socket", "key-file", "pid-file", "log-file", "seed-file")

CONFIGURATION = """
ClusterName=forkexec
SlurmctldHost={node}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
# A requeued job waits until the credential of its first run has expired: 120 s, if not configured.
AuthInfo=socket={place}/munge.socket,cred_expire=5
StateSaveLocation={place}/state
SlurmdSpoolDir={place}/spool
SlurmctldPidFile={place}/slurmctld.pid
SlurmdPidFile={place}/slurmd.pid
SlurmctldLogFile={place}/slurmctld.log
SlurmdLogFile={place}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
MpiDefault=none
SwitchType=switch/none
MailProg=/bin/true
ReturnToService=2
NodeName={node} NodeAddr=127.0.0.1 CPUs={cpus} State=UNKNOWN
PartitionName=all Nodes={node} Default=YES MaxTime=INFINITE State=UP
"""


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def wait_until(holds: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + DEADLINE
    while not holds():
        if time.monotonic() > end:
            pytest.fail(f"in {DEADLINE} s it did not come to this: {what}")
        time.sleep(PAUSE)


class Slurm:
    """The daemons, and the commands of a user of them."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.daemons: list[subprocess.Popen[bytes]] = []
        self.environment = {
            **os.environ,
            "SLURM_CONF": str(place / "slurm.conf"),
            "PATH": f"{BUILT}{os.pathsep}{os.environ['PATH']}",
        }

    def start(self) -> None:
        self._write_files()
        munge = [f"--{name}={self.place}/munge.{name.partition('-')[0]}" for name in MUNGE_FILES]
        self._start("munged", "--foreground", *munge)
        ticket = ["munge", "--no-input", f"--socket={self.place}/munge.socket"]
        wait_until(lambda: self._answer(*ticket) is not None, "munged gives out tickets")
        self._start("slurmctld", "-D", "-f", f"{self.place}/slurm.conf")
        self._start("slurmd", "-D", "-f", f"{self.place}/slurm.conf")
        state = ["sinfo", "--noheader", "--format=%T"]
        wait_until(lambda: self._answer(*state) == "idle", "the node is idle")

    def stop(self) -> None:
        """The jobs first, as the processes of a step are no children of a daemon."""
        try:
            if self._answer("scancel", "--full", "--signal=KILL", "--user=root") is not None:
                wait_until(lambda: self.run("squeue", "--noheader") == "", "all jobs are gone")
        finally:
            for daemon in reversed(self.daemons):
                self._stop(daemon)
            left = list(self._processes())
            for pid in left:
                os.kill(pid, signal.SIGKILL)
        assert not left, f"outlived their Slurm: {left}"

    def run(self, *command: str, cwd: Path | None = None) -> str:
        """Standard output of a command of Slurm that has to succeed."""
        done = self._run(command, cwd)
        assert done.returncode == 0, (command, done)
        return done.stdout.strip()

    def submit(self, script: Path) -> str:
        return self.run("sbatch", "--parsable", str(script), cwd=script.parent)

    def wait(self, job: str) -> None:
        """Until all of it, or one task of it, has left the queue with all of its processes."""
        queue = ["squeue", "--noheader", f"--job={job}"]
        wait_until(lambda: self._answer(*queue) == "", f"job {job} is out of the queue")

    def wait_for_state(self, task: str, state: str) -> None:
        shown = ["scontrol", "--oneliner", "show", "job", task]
        wait_until(
            lambda: f"JobState={state} " in self.run(*shown), f"the state of {task} is {state}"
        )

    def ends(self, job: str) -> list[tuple[str, str]]:
        """State, and status:signal, of each task of an array."""
        shown = self.run("scontrol", "--oneliner", "show", "job", job)
        return re.findall(r"JobState=(\S+) .*?ExitCode=(\S+)", shown)

    def log(self) -> str:
        """The last that the daemons said."""
        logs = (self.place / f"{name}.log" for name in ("slurmctld", "slurmd"))
        return "".join(log.read_text(encoding="utf-8")[-4096:] for log in logs)

    def _write_files(self) -> None:
        # munged and its clients are users to each other: what is above the socket is open to all.
        self.place.chmod(0o755)
        (self.place / "state").mkdir()
        (self.place / "spool").mkdir()
        key = self.place / "munge.key"
        key.touch(mode=0o400)
        key.write_bytes(secrets.token_bytes(64))
        controller_port, node_port = free_ports(2)
        configuration = CONFIGURATION.format(
            place=self.place,
            node=socket.gethostname().partition(".")[0],
            cpus=CPUS,
            controller_port=controller_port,
            node_port=node_port,
        )
        (self.place / "slurm.conf").write_text(configuration, encoding="utf-8")

    def _start(self, *command: str) -> None:
        """In the foreground: a child is stopped surely, and falls with its parent, however that
        ends."""
        with (self.place / f"{command[0]}.output").open("wb") as output:
            daemon = subprocess.Popen(
                command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=forkexec.Setup(death_signal="TERM"),
            )
        self.daemons.append(daemon)

    def _stop(self, daemon: subprocess.Popen[bytes]) -> None:
        daemon.terminate()
        try:
            daemon.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            daemon.kill()
            daemon.wait()

    def _run(self, command: tuple[str, ...], cwd: Path | None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=cwd,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=DEADLINE,
            check=False,
        )

    def _answer(self, *command: str) -> str | None:
        """None, as long as the daemon that is asked is not there."""
        done = self._run(command, None)
        return done.stdout.strip() if done.returncode == 0 else None

    def _processes(self) -> Iterator[int]:
        """What was started by this Slurm has its name, whoever is its parent by now."""
        name = f"SLURM_CONF={self.environment['SLURM_CONF']}".encode()
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and name in (entry / "environ").read_bytes().split(b"\0"):
                    yield int(entry.name)
            except OSError:
                continue


@contextmanager
def running(place: Path) -> Iterator[Slurm]:
    slurm = Slurm(place)
    try:
        slurm.start()
        yield slurm
    finally:
        slurm.stop()

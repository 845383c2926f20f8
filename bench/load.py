# SPDX-License-Identifier: MIT
"""What a process that starts others carries about, and whether it really does."""

from __future__ import annotations

import os
import re
import resource
from dataclasses import dataclass
from pathlib import Path

from bench.settings import BINARIES, BUILD, PRELOAD

STANDARD_PATH = "/usr/local/bin:/usr/bin:/bin"
OTHER_DESCRIPTORS = 100


def most_descriptors(wanted: int) -> int:
    """As many as are wanted, or as the hard limit allows beside what else a process opens."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return wanted if hard == resource.RLIM_INFINITY else min(wanted, hard - OTHER_DESCRIPTORS)


@dataclass(frozen=True)
class Load:
    """The smallest of every axis is the default of the others."""

    memory: int = 10
    """Resident megabytes, in pages of 4 kB that were written to."""
    descriptors: int = 10
    """Close-on-exec, of /dev/null."""
    threads: int = 1
    """That sleep, all but the one that starts programs."""
    environment: int = 10
    """Variables."""
    path_entries: int = 0
    """Folders in PATH, the last of which has the program; 0 is the standard PATH."""
    cores: int = 0
    """That it is bound to; 0: to none."""

    def variables(self, preload: bool) -> dict[str, str]:
        """The environment of a process that is to take up this load."""
        inherited = {"PATH": self.path(), "HOME": "/root", "LANG": "C.UTF-8"}
        for number in range(self.environment - len(inherited)):
            inherited[f"VARIABLE_{number:05}"] = "a value of some length"
        ballast = {
            "BENCH_MEMORY": str(self.memory),
            "BENCH_DESCRIPTORS": str(self.descriptors),
            "BENCH_THREADS": str(self.threads - 1),
        }
        return {**inherited, **ballast, **({"LD_PRELOAD": str(PRELOAD)} if preload else {})}

    def path(self) -> str:
        if self.path_entries == 0:
            return STANDARD_PATH
        folders = [BUILD / "path" / f"{number:03}" for number in range(self.path_entries - 1)]
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
        return os.pathsep.join(map(str, [*folders, BINARIES]))

    def missing(self, pid: int) -> list[str]:
        """What a process does not carry of this load, in words."""
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        found = dict(re.findall(r"^(VmRSS|Threads):\s+(\d+)", status, re.MULTILINE))
        descriptors = len(os.listdir(f"/proc/{pid}/fd"))
        held = [
            ("megabytes", int(found["VmRSS"]) // 1024, self.memory),
            ("threads", int(found["Threads"]), self.threads),
            ("descriptors", descriptors, self.descriptors),
        ]
        return [f"{has} {what} instead of {wanted}" for what, has, wanted in held if has < wanted]

    def bind(self) -> set[int] | None:
        """The processors to run on; the first ones there are."""
        return set(sorted(os.sched_getaffinity(0))[: self.cores]) if self.cores else None

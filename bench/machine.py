# SPDX-License-Identifier: MIT
"""On what, and against what, it was measured."""

from __future__ import annotations

import datetime
import os
import platform
import re
import resource
from collections.abc import Sequence
from pathlib import Path

from bench.sweep import Rivals


def processor() -> str:
    match = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return match[1] if match else platform.machine()


def memory() -> str:
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{gigabytes:.0f} GB"


def describe(rivals: Sequence[Rivals]) -> dict[str, str]:
    return {
        "date": datetime.date.today().isoformat(),
        "kernel": f"{platform.system()} {platform.release().split('-')[0]}",
        "processor": processor(),
        "processors": str(len(os.sched_getaffinity(0))),
        "memory": memory(),
        "most descriptors": str(resource.getrlimit(resource.RLIMIT_NOFILE)[1]),
        "load at the start": f"{os.getloadavg()[0]:.2f}",
        "versions": ", ".join(dict.fromkeys(each.version for each in rivals)),
    }

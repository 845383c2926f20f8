# SPDX-License-Identifier: MIT
"""forkexec under CPython's own subprocess, asyncio and multiprocessing.

    import forkexec
    forkexec.install()        # from here on they start processes through forkexec
    forkexec.stats()          # how many, by which mechanism, how fast
    forkexec.uninstall()

What a child is to be is said as data, and costs no callback and no fork:

    subprocess.run(command, preexec_fn=forkexec.Setup(limits={"nofile": 256}, nice=5))
    print(forkexec.explain(command, setup=forkexec.Setup(user="nobody", groups=[])))

or, for a program that one does not edit:

    python -m forkexec app.py ...
    python -m forkexec --enable        # every interpreter of this environment
"""

# Names are loaded on first use: with forkexec.pth in place this file runs at every interpreter
# start, and most interpreters never start a process.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List

    from forkexec import aio as aio
    from forkexec._command import Command as Command
    from forkexec._command import Pipeline as Pipeline
    from forkexec._errors import CalledProcessError as CalledProcessError
    from forkexec._errors import IdleTimeoutExpired as IdleTimeoutExpired
    from forkexec._errors import OutputLimitExceeded as OutputLimitExceeded
    from forkexec._errors import SpawnError as SpawnError
    from forkexec._errors import TimeoutExpired as TimeoutExpired
    from forkexec._explain import explain as explain
    from forkexec._install import install as install
    from forkexec._install import installed as installed
    from forkexec._install import uninstall as uninstall
    from forkexec._lower import DEVNULL as DEVNULL
    from forkexec._lower import PIPE as PIPE
    from forkexec._lower import STDOUT as STDOUT
    from forkexec._pool import Pool as Pool
    from forkexec._popen_class import Popen as Popen
    from forkexec._result import Result as Result
    from forkexec._result import Usage as Usage
    from forkexec._run import run as run
    from forkexec._setup import Setup as Setup
    from forkexec._stats import MechanismCount as MechanismCount
    from forkexec._stats import Stats as Stats
    from forkexec._stats import stats as stats

    __version__: str

__all__ = [
    "DEVNULL",
    "PIPE",
    "STDOUT",
    "CalledProcessError",
    "Command",
    "IdleTimeoutExpired",
    "MechanismCount",
    "OutputLimitExceeded",
    "Pipeline",
    "Pool",
    "Popen",
    "Result",
    "Setup",
    "SpawnError",
    "Stats",
    "TimeoutExpired",
    "Usage",
    "__version__",
    "aio",
    "explain",
    "install",
    "installed",
    "run",
    "stats",
    "uninstall",
]

_HOMES = {
    "DEVNULL": "forkexec._lower",
    "PIPE": "forkexec._lower",
    "STDOUT": "forkexec._lower",
    "CalledProcessError": "forkexec._errors",
    "Command": "forkexec._command",
    "IdleTimeoutExpired": "forkexec._errors",
    "MechanismCount": "forkexec._stats",
    "OutputLimitExceeded": "forkexec._errors",
    "Pipeline": "forkexec._command",
    "Result": "forkexec._result",
    "Pool": "forkexec._pool",
    "Popen": "forkexec._popen_class",
    "Setup": "forkexec._setup",
    "SpawnError": "forkexec._errors",
    "Stats": "forkexec._stats",
    "TimeoutExpired": "forkexec._errors",
    "Usage": "forkexec._result",
    "__version__": "forkexec._native",
    "aio": "forkexec.aio",
    "explain": "forkexec._explain",
    "install": "forkexec._install",
    "installed": "forkexec._install",
    "run": "forkexec._run",
    "stats": "forkexec._stats",
    "uninstall": "forkexec._install",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = __import__(home, fromlist=[name])
    value: object = module if name == "aio" else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> "List[str]":
    return sorted({*globals(), *__all__})

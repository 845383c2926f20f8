# SPDX-License-Identifier: MIT
"""CPython's own tests of subprocess, with forkexec.Popen in the place of subprocess.Popen.

popen_judge.py stock|forkexec|installed [CLASS.TEST ...]

Prints what did not pass as JSON, {"class.test": last line of its traceback}, and how many passed.
Runs in any interpreter that has the tests.
"""

import json
import subprocess
import sys
import unittest
from typing import Any, Dict, List

CLASSES = (
    "ProcessTestCase",
    "RunFuncTestCase",
    "POSIXProcessTestCase",
    "CommandTests",
    "ContextManagerTests",
)

# They wait for seconds to be over.
SLOW = {
    "ProcessTestCase.test_check_output_timeout",
    "RunFuncTestCase.test_check_output_timeout",
}


def names_of(suite: Any) -> List[str]:
    loader = unittest.TestLoader()
    names = []
    for name in CLASSES:
        cases = getattr(suite, name, None)
        if cases is not None:
            names += [f"{name}.{test}" for test in loader.getTestCaseNames(cases)]
    return [name for name in names if name not in SLOW]


class Outcomes(unittest.TestResult):
    def __init__(self) -> None:
        super().__init__()
        self.found: Dict[str, str] = {}
        self.passed = 0

    def addSuccess(self, test: unittest.TestCase) -> None:
        self.passed += 1

    def _add(self, test: Any, error: Any) -> None:
        name = ".".join(test.id().split(".")[-2:])
        self.found[name] = self._exc_info_to_string(error, test).strip()  # type: ignore[attr-defined]

    addError = addFailure = _add  # type: ignore[assignment]

    def addSubTest(self, test: Any, subtest: Any, error: Any) -> None:
        if error is not None:
            self._add(test, error)


def main() -> None:
    engine, *chosen = sys.argv[1:]
    if engine != "stock":
        import forkexec

        if engine == "installed":
            forkexec.install()
        subprocess.Popen = forkexec.Popen  # type: ignore[misc]
    import test.test_subprocess as suite

    loader = unittest.TestLoader()
    outcomes = Outcomes()
    tests = loader.loadTestsFromNames(chosen or names_of(suite), suite)
    tests.run(outcomes)
    print(json.dumps({"passed": outcomes.passed, "failed": outcomes.found}))


if __name__ == "__main__":
    main()

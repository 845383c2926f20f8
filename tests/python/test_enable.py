# SPDX-License-Identifier: MIT
"""python -m forkexec --enable and --disable, in virtual environments of every version."""

import shutil
from pathlib import Path
from typing import Dict

import pytest
from forkexec import _enable

from tests.python.support import Outcome, Python, fresh_environment

SPAWNS = (
    "import subprocess, sys; subprocess.run(['/bin/true'], check=True);"
    "import forkexec; print(forkexec.installed(), forkexec.stats().spawns)"
)
QUIET = "import subprocess; subprocess.run(['/bin/true'], check=True); print('fine')"


class Environment:
    def __init__(self, python: Python) -> None:
        self.python = python
        place = "import sysconfig; print(sysconfig.get_path('purelib'))"
        self.site = Path(python.succeed(place).strip())
        self.pth = self.site / "forkexec.pth"

    def enable(self) -> Outcome:
        return self.python.run("-m", "forkexec", "--enable")

    def disable(self) -> Outcome:
        return self.python.run("-m", "forkexec", "--disable")

    def isolated(self, code: str) -> Outcome:
        return self.python.run("-I", "-c", code)


@pytest.fixture(scope="session")
def templates() -> Dict[str, Python]:
    return {}


@pytest.fixture
def environment(
    python: Python, templates: Dict[str, Python], tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    if python.label not in templates:
        place = tmp_path_factory.mktemp("environment") / "venv"
        templates[python.label] = fresh_environment(python, place)
    made = Environment(templates[python.label])
    made.pth.unlink() if made.pth.exists() else None
    return made


def test_enable_and_disable(environment: Environment) -> None:
    before = sorted(environment.site.iterdir())
    enabled = environment.enable()
    assert enabled.status == 0 and enabled.stderr == ""
    assert enabled.stdout.startswith(f"enabled: {environment.pth}\n")
    assert environment.isolated(SPAWNS) == Outcome(0, "True 1\n", "")

    content = environment.pth.read_bytes()
    assert environment.enable() == Outcome(0, f"already enabled: {environment.pth}\n", "")
    assert environment.pth.read_bytes() == content

    disabled = environment.disable()
    assert disabled.status == 0
    assert disabled.stdout.startswith(f"disabled: removed {environment.pth}\n")
    assert sorted(environment.site.iterdir()) == before
    assert environment.isolated(SPAWNS) == Outcome(0, "False 0\n", "")
    again = environment.disable()
    assert again == Outcome(0, f"not enabled: there is no {environment.pth}\n", "")


def test_isolated_children(environment: Environment) -> None:
    """Interpreters that an interpreter of the environment starts."""
    assert environment.enable().status == 0
    program = (
        "import subprocess, sys;"
        f"print(subprocess.check_output([sys.executable, '-I', '-c', {SPAWNS!r}], text=True))"
    )
    assert environment.isolated(program).stdout == "True 1\n\n"


def test_start_loads_nothing(environment: Environment) -> None:
    """The engine itself is loaded only where a process is started."""
    assert environment.enable().status == 0
    modules = "import sys; print(sorted(name for name in sys.modules if 'forkexec' in name))"
    assert environment.isolated(modules).stdout == "['forkexec', 'forkexec._hook']\n"


def test_without_site(environment: Environment) -> None:
    """-S leaves out every .pth."""
    assert environment.enable().status == 0
    program = "import subprocess, sys; print('forkexec' in sys.modules)"
    assert environment.python.run("-S", "-c", program).stdout == "False\n"


def test_after_another_pth(environment: Environment) -> None:
    """One that sorts before ours, and has imported subprocess already."""
    earlier = environment.site / "aaa.pth"
    earlier.write_text("import subprocess\n")
    try:
        assert environment.enable().status == 0
        assert environment.isolated(SPAWNS) == Outcome(0, "True 1\n", "")
    finally:
        earlier.unlink()


@pytest.mark.parametrize(
    "damage",
    [
        "removed",
        "no engine",
        "no hook",
        "__init__ raises",
        "__init__ is no Python",
        "_install raises",
        "engine is no library",
    ],
)
def test_broken_package(python: Python, damage: str, tmp_path: Path) -> None:
    """forkexec.pth outlives its package: interpreters start in silence, processes too."""
    environment = Environment(fresh_environment(python, tmp_path / "venv"))
    assert environment.enable().status == 0
    package = environment.site / "forkexec"
    native = [path for path in package.glob("_native.*") if path.suffix != ".pyi"]
    if damage == "removed":
        shutil.rmtree(package)
    elif damage == "no engine":
        for path in native:
            path.unlink()
    elif damage == "no hook":
        (package / "_hook.py").unlink()
    elif damage == "__init__ raises":
        (package / "__init__.py").write_text("raise RuntimeError\n")
    elif damage == "__init__ is no Python":
        (package / "__init__.py").write_text("= 1\n")
    elif damage == "_install raises":
        (package / "_install.py").write_text("raise RuntimeError\n")
    else:
        for path in native:
            path.write_bytes(b"raise RuntimeError\n")
    assert environment.isolated("print('fine')") == Outcome(0, "fine\n", "")
    assert environment.isolated(QUIET) == Outcome(0, "fine\n", "")


def test_file_of_somebody_else(environment: Environment) -> None:
    environment.pth.write_text("# mine\n")
    for refused in (environment.enable(), environment.disable()):
        assert (refused.status, refused.stdout) == (1, "")
        assert "is left as it is" in refused.stderr
    assert environment.pth.read_text() == "# mine\n"


def test_file_of_another_version(environment: Environment) -> None:
    """One that we wrote once is ours to renew and to remove."""
    environment.pth.write_text(_enable.MARK + "import sys\n")
    assert environment.enable().status == 0
    assert environment.pth.read_text() == _enable.CONTENT


def test_package_not_in_the_environment(python: Python, package: Path, tmp_path: Path) -> None:
    """Found by PYTHONPATH only, it would be missing in the next interpreter."""
    made = fresh_environment(python, tmp_path / "venv")
    environment = Environment(made)
    shutil.rmtree(environment.site / "forkexec")
    elsewhere = Python(made.label, made.executable, made.version, {"PYTHONPATH": str(package)})
    refused = elsewhere.run("-m", "forkexec", "--enable")
    assert (refused.status, refused.stdout) == (1, "")
    assert "not enabled" in refused.stderr and "installed in this environment" in refused.stderr
    assert list(environment.site.glob("forkexec.pth*")) == []


def test_not_writable(monkeypatch: pytest.MonkeyPatch) -> None:
    """/proc takes no files, not even from root."""
    monkeypatch.setattr(_enable, "_place", lambda: ("/proc/forkexec.pth", "/"))
    with pytest.raises(_enable.Refused, match=r"^cannot write /proc/forkexec\.pth: "):
        _enable.enable()

# SPDX-License-Identifier: MIT
"""What is installed: the C library as its users build against it, and the Python wheel."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEADER = ROOT / "include" / "forkexec.h"
README = ROOT / "README.md"


def output_of(*command: str, **variables: str) -> str:
    done = subprocess.run(
        command,
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default build, configured for a prefix of its own and installed there."""
    folder = tmp_path_factory.mktemp("installed")
    build = str(folder / "build")
    meson = [sys.executable, "-m", "mesonbuild.mesonmain"]
    options = [f"--prefix={folder}", "--libdir=lib", "-Dtests=false", "-Dexamples=false"]
    output_of(*meson, "setup", *options, build, str(ROOT))
    output_of(*meson, "install", "-C", build)
    return folder


def declared_functions() -> set[str]:
    return set(re.findall(r"^FX_API [^;(]*?(\w+)\(", HEADER.read_text("utf-8"), re.MULTILINE))


def test_exactly_the_public_functions_are_exported(prefix: Path) -> None:
    lines = output_of("nm", "-D", "--defined-only", str(prefix / "lib" / "libforkexec.so"))
    exported = {line.split()[-1] for line in lines.splitlines() if line.split()[-2] != "A"}
    assert exported == {f"{name}@@FORKEXEC_0.1" for name in declared_functions()}


def test_the_soname_carries_the_version_of_the_interface(prefix: Path) -> None:
    assert "[libforkexec.so.0]" in output_of(
        "readelf", "-d", str(prefix / "lib" / "libforkexec.so")
    )


@pytest.mark.skipif(platform.machine() != "x86_64", reason="not every processor has a helper")
def test_the_library_finds_the_helper_that_is_installed_with_it(
    prefix: Path, tmp_path: Path
) -> None:
    source, program = tmp_path / "program.c", tmp_path / "program"
    source.write_text(
        """
        #include <forkexec.h>
        int main(void) {
            char *argv[] = {"/bin/true", NULL};
            fx_command command = {
                .size = sizeof command, .argv = argv, .mechanism = FX_MECHANISM_HELPER};
            fx_child child = {.size = sizeof child};
            return fx_spawn(&command, &child, NULL) < 0;
        }
        """,
        encoding="utf-8",
    )
    library = prefix / "lib"
    flags = [f"-I{prefix / 'include'}", f"-L{library}", f"-Wl,-rpath,{library}", "-lforkexec"]
    output_of("cc", "-o", str(program), str(source), *flags)
    output_of(str(program))
    # A program that contains the library finds it where it was installed.
    static = [f"-I{prefix / 'include'}", str(library / "libforkexec.a"), "-pthread"]
    output_of("cc", "-o", str(program), str(source), *static)
    output_of(str(program))


@pytest.mark.parametrize("linking", ["shared", "static"])
def test_the_readmes_program_builds_with_pkg_config_and_runs(
    prefix: Path, tmp_path: Path, linking: str
) -> None:
    compiler = shutil.which("cc")
    assert compiler is not None
    missing = tmp_path / "missing"
    blocks = re.findall(r"```c\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    source = tmp_path / "program.c"
    source.write_text(blocks[0].replace("/srv/app", str(missing)), encoding="utf-8")
    program = tmp_path / "program"
    static = ["--static"] if linking == "static" else []
    variables = {"PKG_CONFIG_PATH": str(prefix / "lib" / "pkgconfig")}
    flags = output_of("pkg-config", "--cflags", "--libs", *static, "forkexec", **variables)
    extra = ["-static"] if static else []
    output_of(compiler, "-Wall", "-Werror", *extra, "-o", str(program), str(source), *flags.split())

    done = subprocess.run(
        [str(program)],
        env={**os.environ, "LD_LIBRARY_PATH": str(prefix / "lib")},
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == f'chdir("{missing}"): No such file or directory\n'


def test_the_launcher_has_its_manual_and_completions(prefix: Path) -> None:
    launcher = str(prefix / "bin" / "forkexec")
    assert output_of(launcher, "--version").startswith("forkexec ")
    for what, place in {
        "man": "man/man1/forkexec.1",
        "bash": "bash-completion/completions/forkexec.bash",
        "zsh": "zsh/site-functions/_forkexec",
        "fish": "fish/vendor_completions.d/forkexec.fish",
    }.items():
        installed = (prefix / "share" / place).read_text("utf-8")
        assert installed == output_of(launcher, "--print", what)
    # It is linked with nothing of ours that would have to be found.
    assert "libforkexec" not in output_of("readelf", "-d", launcher)


def test_the_wheel_is_abi3_and_holds_only_the_package(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "wheel", "--no-build-isolation", "--no-deps"]
    settings = f"--config-settings=build-dir={tmp_path / 'build'}"
    output_of(*pip, settings, "--wheel-dir", str(tmp_path), str(ROOT))
    (wheel,) = tmp_path.glob("*.whl")
    # The tag begins at the Python that built it; the module inside is for 3.8 and up.
    assert re.match(r"forkexec-[\d.]+-cp3\d+-abi3-", wheel.name)
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    folders = {name.split("/", 1)[0] for name in names}
    assert folders == {"forkexec", next(iter(folders - {"forkexec"}))}
    assert "forkexec/_native.abi3.so" in names
    assert "forkexec/py.typed" in names
    if platform.machine() == "x86_64":
        assert "forkexec/forkexec-helper" in names

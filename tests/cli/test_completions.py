# SPDX-License-Identifier: MIT
"""Completions, asked as the shells themselves ask for them."""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.support import DEADLINE, ROOT, launcher, options, succeeds

FOLDER = ROOT / "build" / "default" / "cli"
SUBCOMMANDS = ["exec", "run", "explain", "batch", "doctor"]

BASH = r"""
source "$1"
COMP_LINE=$2 COMP_POINT=${#2}
shift 2
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_forkexec forkexec "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"
"""


def installed(shell: str) -> str:
    found = shutil.which(shell)
    assert found is not None, f"{shell} comes with `make test`"
    return found


def bash(line: str, cwd: Path | None = None) -> list[str]:
    """What bash is offered for the last word of a line: what readline would put in its place."""
    words: list[str] = []
    for word in line.split(" "):
        # '=' and ':' are words of their own to readline, and nothing follows them yet at the end.
        words += [part for part in re.split(r"([=:]+)", word) if part] or [""]
    if words[-1] in ("=", ":"):
        words.append("")
    done = subprocess.run(
        [installed("bash"), "--norc", "-c", BASH, "bash", str(FOLDER / "forkexec.bash"), line]
        + words,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    # Outside of a completion there is nothing that compopt could change.
    complaints = [line for line in done.stderr.splitlines() if "compopt" not in line]
    assert complaints == []
    return sorted(set(done.stdout.split("\n")) - {""})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "straw").mkdir()
    (tmp_path / "strawberry").write_text("", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("subcommand", SUBCOMMANDS)
def test_bash_offers_every_option(subcommand: str) -> None:
    names = {name for option in options(subcommand) for name in option.names}
    assert set(bash(f"forkexec {subcommand} -")) == names


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("forkexec e", ["exec", "explain"]),
        ("forkexec --v", ["--version"]),
        ("forkexec --print b", ["bash"]),
        ("forkexec exec --pde", ["--pdeathsig"]),
        ("forkexec exec --setsid --pde", ["--pdeathsig"]),
        ("forkexec exec A=1 --pde", []),
        ("forkexec doctor --", ["--help", "--json", "--version"]),
        ("forkexec doctor x", []),
        ("forkexec exec --chdir-when f", ["first"]),
        ("forkexec exec --chdir-when=f", ["first"]),
        ("forkexec exec --io-class i", ["idle"]),
        ("forkexec exec --class=be", ["best-effort"]),
        ("forkexec exec --pdeathsig TER", ["TERM"]),
        ("forkexec exec --pdeathsig=TER", ["TERM"]),
        ("forkexec exec --blocked-signals INT,TER", ["INT,TERM"]),
        ("forkexec exec --default-signal=INT,TER", ["INT,TERM"]),
        ("forkexec exec --default-signal TER", []),
        ("forkexec exec --limit nofi", ["nofile="]),
        ("forkexec exec --limit=nofi", ["nofile="]),
        ("forkexec exec --nofile unl", ["unlimited"]),
        ("forkexec exec --ambient-caps +net_ra", ["+net_raw"]),
        ("forkexec exec --ambient-caps -chown,+net_ra", ["-chown,+net_raw"]),
        ("forkexec exec --securebits +noroot_", ["+noroot_locked"]),
        ("forkexec exec --unshare net,mou", ["net,mount"]),
        ("forkexec exec --setns mou", ["mount:"]),
        ("forkexec exec --scheduling fi", ["fifo"]),
        ("forkexec exec --landlock r", ["ro:", "rw:"]),
        ("forkexec exec --mechanism clone", ["clone", "clone3"]),
        ("forkexec exec --best-effort nice,oom", ["nice,oom_score_adj"]),
        ("forkexec run --kill-scope desc", ["descendants"]),
        ("forkexec run --keep-output=head-", ["head-and-tail"]),
        ("forkexec run --json=strawb", ["strawberry"]),
        ("forkexec run --tee strawb", ["strawberry"]),
        ("forkexec run --signal TER", ["TERM"]),
        ("forkexec exec --user roo", ["root"]),
        ("forkexec exec --user=roo", ["root"]),
        ("forkexec exec --groups root,daem", ["root,daemon"]),
        ("forkexec exec -u PAT", ["PATH"]),
        ("forkexec exec -iu PAT", ["PATH"]),
        ("forkexec exec --nice 5", []),
        # Files, of the folder that the test has made.
        ("forkexec exec -C stra", ["straw"]),
        ("forkexec exec --chdir=stra", ["straw"]),
        ("forkexec exec --seccomp-filter strawb", ["strawberry"]),
        ("forkexec exec --setns net:strawb", ["strawberry"]),
        ("forkexec exec --setns=net:strawb", ["strawberry"]),
        ("forkexec exec --landlock rw:strawb", ["strawberry"]),
        ("forkexec exec --landlock=ro:strawb", ["strawberry"]),
        ("forkexec exec ./strawb", ["./strawberry"]),
        ("forkexec exec -- ./strawb", ["./strawberry"]),
        ("forkexec exec --nice 5 A=1 ./strawb", ["./strawberry"]),
        ("forkexec exec cat strawb", ["strawberry"]),
        ("forkexec exec -n 5 -- cat strawb", ["strawberry"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bash_completes(line: str, offered: list[str], folder: Path) -> None:
    assert bash(line, folder) == offered


def test_bash_completes_commands() -> None:
    assert "bash" in bash("forkexec exec bas")
    assert "bash" in bash("forkexec exec --nice 5 -- bas")


def test_bash_loads_it_by_itself(tmp_path: Path) -> None:
    """Where an installed completion is found, by the name of the file."""
    place = tmp_path / "bash-completion" / "completions"
    place.mkdir(parents=True)
    (place / "forkexec.bash").write_text(succeeds("--print", "bash"), encoding="utf-8")
    script = "source /usr/share/bash-completion/bash_completion; _completion_loader forkexec"
    done = subprocess.run(
        [installed("bash"), "--norc", "-c", f"{script}; complete -p forkexec"],
        env={**os.environ, "XDG_DATA_DIRS": str(tmp_path), "XDG_DATA_HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "complete -F _forkexec forkexec\n", done.stderr


# ---- fish ----


def fish(line: str, cwd: Path | None = None) -> list[str]:
    done = subprocess.run(
        [
            installed("fish"),
            "--no-config",
            "-c",
            f"source {FOLDER / 'forkexec.fish'}; complete -C $argv[1]",
            line,
        ],
        cwd=cwd,
        env={**os.environ, "PATH": f"{FOLDER}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return sorted({line.split("\t")[0] for line in done.stdout.splitlines()})


@pytest.mark.parametrize("subcommand", SUBCOMMANDS)
def test_fish_offers_every_option(subcommand: str) -> None:
    names = {name for option in options(subcommand) for name in option.names}
    longs = {name for name in names if name.startswith("--")}
    offered = {name.rstrip("=") for name in fish(f"forkexec {subcommand} --")}
    assert longs <= offered


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("forkexec e", ["exec", "explain"]),
        ("forkexec exec --pde", ["--pdeathsig"]),
        ("forkexec exec --setsid --pde", ["--pdeathsig"]),
        ("forkexec exec --chdir-when f", ["first"]),
        ("forkexec exec --pdeathsig TER", ["TERM"]),
        ("forkexec exec --blocked-signals INT,TER", ["INT,TERM"]),
        ("forkexec exec --limit nofi", ["nofile="]),
        ("forkexec exec --unshare net,mou", ["net,mount"]),
        ("forkexec exec -C stra", ["straw/"]),
        ("forkexec exec -u PAT", ["PATH"]),
        ("forkexec exec cat strawb", ["strawberry"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_fish_completes(line: str, offered: list[str], folder: Path) -> None:
    assert fish(line, folder) == offered


# ---- at a terminal ----

# The shell says when it reads keys; a key makes it write its line to a pipe and begin anew.
BASH_START = r"""
PS1= PS2=
stty -icanon -echo rprnt undef
COMPLETIONS
source FOLDER/forkexec.bash
bind 'set bell-style none' 'set completion-query-items 0' 'set show-all-if-ambiguous off'
report() { printf '%s\n' "$READLINE_LINE" >ANSWERS; READLINE_LINE= READLINE_POINT=0; }
bind -x '"\C-r": report'
echo ready >ANSWERS
"""
ZSH_START = r"""
PS1= PS2= RPS1=
unset zle_bracketed_paste
fpath=(FOLDER $fpath)
autoload -U compinit && compinit -u -D
zstyle ':completion:*' format ''
setopt no_list_beep no_auto_list no_beep no_always_last_prompt
report() { print -r -- "$BUFFER" >ANSWERS; BUFFER= }
zle -N report
zle-line-init() { print ready >ANSWERS }
zle -N zle-line-init
bindkey '^I' complete-word
bindkey '^R' report
"""


class Terminal:
    """A shell at a terminal."""

    def __init__(self, command: list[str], start: Path, script: str) -> None:
        self.answers = start.parent / "answers"
        os.mkfifo(self.answers)
        script = script.replace("ANSWERS", str(self.answers)).replace("FOLDER", str(FOLDER))
        start.write_text(script, encoding="utf-8")
        self.controller, terminal = pty.openpty()
        self.process = subprocess.Popen(
            command,
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            cwd=start.parent,
            env={
                "ZDOTDIR": str(start.parent),
                "TERM": "dumb",
                "HOME": str(start.parent),
                "PATH": f"{FOLDER}:{os.environ['PATH']}",
            },
            start_new_session=True,
        )
        os.close(terminal)
        assert self.answer() == "ready"

    def answer(self) -> str:
        return self.answers.read_text(encoding="utf-8").rstrip("\n")

    def complete(self, line: str) -> str:
        os.write(self.controller, f"{line}\t\x12".encode())
        return self.answer()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.controller)


def check_lines(shell: Terminal, lines: dict[str, str]) -> None:
    try:
        assert {line: shell.complete(line) for line in lines} == lines
    finally:
        shell.close()


@pytest.mark.parametrize("package", ["", "source /usr/share/bash-completion/bash_completion"])
def test_bash_at_a_terminal(folder: Path, package: str) -> None:
    start = folder / "start"
    shell = Terminal(
        [installed("bash"), "--rcfile", str(start), "-i"],
        start,
        BASH_START.replace("COMPLETIONS", package),
    )
    lines = {
        "forkexec expl": "forkexec explain ",
        "forkexec exec --pde": "forkexec exec --pdeathsig ",
        "forkexec exec --chdir-when=f": "forkexec exec --chdir-when=first ",
        "forkexec exec --blocked-signals=INT,TER": "forkexec exec --blocked-signals=INT,TERM ",
        "forkexec exec --blocked-signals INT,TER": "forkexec exec --blocked-signals INT,TERM ",
        "forkexec exec --limit nofi": "forkexec exec --limit nofile=",
        "forkexec exec --setns=mou": "forkexec exec --setns=mount:",
        "forkexec exec --setns=net:strawb": "forkexec exec --setns=net:strawberry ",
        "forkexec exec --landlock rw:strawb": "forkexec exec --landlock rw:strawberry ",
        "forkexec exec -C straw": "forkexec exec -C straw/",
        "forkexec exec A=1 cat strawb": "forkexec exec A=1 cat strawberry ",
        "forkexec exec -n 5 -- cat strawb": "forkexec exec -n 5 -- cat strawberry ",
    }
    check_lines(shell, lines)


def test_zsh_at_a_terminal(folder: Path) -> None:
    shell = Terminal([installed("zsh"), "-i"], folder / ".zshrc", ZSH_START)
    lines = {
        "forkexec expl": "forkexec explain ",
        "forkexec exec --pde": "forkexec exec --pdeathsig=",
        "forkexec exec --sets": "forkexec exec --setsid ",
        "forkexec exec --chdir-when f": "forkexec exec --chdir-when first ",
        "forkexec exec --pdeathsig=TER": "forkexec exec --pdeathsig=TERM ",
        "forkexec exec --blocked-signals=INT,TER": "forkexec exec --blocked-signals=INT,TERM ",
        "forkexec exec --ambient-caps=+net_ra": "forkexec exec --ambient-caps=+net_raw ",
        "forkexec exec --limit=nofi": "forkexec exec --limit=nofile=",
        "forkexec exec --landlock=rw:strawb": "forkexec exec --landlock=rw:strawberry ",
        "forkexec exec -C stra": "forkexec exec -C straw/",
        "forkexec exec --user=roo": "forkexec exec --user=root ",
        "forkexec exec A=1 cat strawb": "forkexec exec A=1 cat strawberry ",
        "forkexec exec --setsid -- cat strawb": "forkexec exec --setsid -- cat strawberry ",
        "forkexec doctor --js": "forkexec doctor --json=",
        "forkexec doctor --hel": "forkexec doctor --help ",
    }
    check_lines(shell, lines)


@pytest.mark.parametrize(
    ("shell", "arguments"),
    [("bash", ["-n"]), ("zsh", ["-n"]), ("fish", ["--no-execute"])],
)
def test_the_syntax_is_that_of_the_shell(shell: str, arguments: list[str], tmp_path: Path) -> None:
    script = tmp_path / "completion"
    script.write_text(succeeds("--print", shell), encoding="utf-8")
    done = subprocess.run(
        [installed(shell), *arguments, str(script)], capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert Path(launcher()).exists()

# SPDX-License-Identifier: MIT
"""What doc/many-machines.md has to be copied: each piece is in its language, each recipe for an
array runs every command of a file once, and what is used of forkexec is there."""

import ast
import json
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Callable, Dict, List, Set, Tuple

import forkexec
import pytest
import yaml

from tests.cli.support import DEADLINE, launcher, options
from tests.manual import blocks

PAGE = "many-machines.md"
SHARDS, COMMANDS = 4, 13
# Of other programs, where the text speaks of them.
FOREIGN = {"--array", "--requeue", "--signal"}


def piece(language: str) -> str:
    (text,) = blocks(PAGE, language)
    return text


def container() -> dict:  # type: ignore[type-arg]
    (found,) = yaml.safe_load(piece("yaml"))["spec"]["template"]["spec"]["containers"]
    assert isinstance(found, dict)
    return found


def slurm(shard: int) -> Tuple[List[str], Dict[str, str]]:
    last = SHARDS - 1
    bounds = {"COUNT": SHARDS, "MIN": 0, "MAX": last, "STEP": 1, "ID": shard}
    environment = {f"SLURM_ARRAY_TASK_{name}": str(value) for name, value in bounds.items()}
    return ["sh", "-c", blocks(PAGE, "sh")[0]], environment


def kubernetes(shard: int) -> Tuple[List[str], Dict[str, str]]:
    given = {entry["name"]: entry["value"] for entry in container()["env"]}
    words = [*container()["command"], *container()["args"]]
    return words, {"JOB_COMPLETION_INDEX": str(shard), **given}


def nomad(shard: int) -> Tuple[List[str], Dict[str, str]]:
    (command,) = re.findall(r'^ *command += (".*")$', piece("hcl"), re.MULTILINE)
    (arguments,) = re.findall(r"^ *args += (\[.*\])$", piece("hcl"), re.MULTILINE)
    (shards,) = re.findall(r'"shards" \{.*?default = (\d+)', piece("hcl"), re.DOTALL)
    assert "count = var.shards\n" in piece("hcl")
    assert 'FORKEXEC_SHARDS = "${var.shards}"' in piece("hcl")
    words = [Path(json.loads(command)).name, *json.loads(arguments)]
    return words, {"NOMAD_ALLOC_INDEX": str(shard), "FORKEXEC_SHARDS": shards}


def aws_batch(shard: int) -> Tuple[List[str], Dict[str, str]]:
    index = {"AWS_BATCH_JOB_ARRAY_INDEX": str(shard), "AWS_BATCH_JOB_ARRAY_SIZE": str(SHARDS)}
    return json.loads(piece("json"))["containerProperties"]["command"], index


ARRAYS = [slurm, kubernetes, nomad, aws_batch]


@pytest.mark.parametrize("array", ARRAYS)
def test_an_array_runs_each_command_of_the_file_once(
    array: Callable[[int], Tuple[List[str], Dict[str, str]]], tmp_path: Path
) -> None:
    lines = [f"sh -c 'echo {number} >> ran'\n" for number in range(COMMANDS)]
    (tmp_path / "commands.txt").write_text("".join(lines), encoding="utf-8")
    search = os.pathsep.join([str(Path(launcher()).parent), os.environ["PATH"]])
    ran: List[Set[int]] = []
    for shard in range(SHARDS):
        words, variables = array(shard)
        # Where the volume is mounted there.
        words = [word.replace("/work/", f"{tmp_path}/") for word in words]
        done = subprocess.run(
            words,
            cwd=str(tmp_path),
            env={**os.environ, "PATH": search, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=DEADLINE,
            check=False,
        )
        assert (done.returncode, done.stdout) == (0, b"")
        numbers = [int(line) for line in (tmp_path / "ran").read_text().split()]
        ran.append(set(numbers))
        (tmp_path / "ran").unlink()
        assert len(numbers) == len(ran[-1])
    logs = [path.read_text().splitlines() for path in tmp_path.glob("log.*")]
    assert sorted(len(log) - 1 for log in logs) == sorted(map(len, ran))
    assert sum(map(len, ran)) == COMMANDS and set().union(*ran) == set(range(COMMANDS))


def test_the_job_is_an_indexed_one_and_tells_its_shards() -> None:
    job = yaml.safe_load(piece("yaml"))
    specification = job["spec"]
    assert (job["apiVersion"], job["kind"]) == ("batch/v1", "Job")
    assert specification["completionMode"] == "Indexed"
    assert specification["template"]["spec"]["restartPolicy"] == "Never"
    assert container()["env"] == [
        {"name": "FORKEXEC_SHARDS", "value": str(specification["completions"])}
    ]


def test_brackets_and_quotes_of_the_nomad_job_are_closed() -> None:
    bare = re.sub(r'"(?:[^"\\\n]|\\.)*"', "", piece("hcl"))
    assert '"' not in bare
    for _ in range(bare.count("{") + bare.count("[")):
        bare = re.sub(r"\{[^{}\[\]]*\}|\[[^{}\[\]]*\]", "", bare)
    assert not set("{}[]") & set(bare)


@pytest.mark.parametrize("text", blocks(PAGE, "sh"))
def test_the_shell_reads_it(text: str) -> None:
    subprocess.run(["sh", "-n"], input=text.encode(), check=True, timeout=DEADLINE)


@pytest.mark.parametrize("text", blocks(PAGE, "python"))
def test_python_compiles_it_and_forkexec_has_what_it_uses(text: str) -> None:
    tree = compile(text, PAGE, "exec", ast.PyCF_ONLY_AST)
    assert isinstance(tree, ast.Module)
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "forkexec"
    }
    assert used and [name for name in used if not hasattr(forkexec, name)] == []


@pytest.mark.parametrize("text", blocks(PAGE, "python"))
def test_the_commands_in_it_can_be_made(text: str) -> None:
    """Their keywords are those of a Command."""
    calls = [
        ast.get_source_segment(text, node)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "forkexec.Command"
    ]
    assert calls
    for call in calls:
        assert call is not None
        command = eval(call, {"forkexec": forkexec, "number": 1})
        assert forkexec.Command.from_json(command.to_json()) == command


def test_run_can_be_mapped_over_commands_and_pipelines() -> None:
    show = forkexec.Command(["sh", "-c", "echo shown"])
    loud = forkexec.Command(["tr", "a-z", "A-Z"], capture_output=True)
    mapped = list(map(forkexec.run, [show.replace(capture_output=True), show | loud]))
    assert [result.returncodes for result in mapped] == [(0,), (0, 0)]
    assert [result.stdout for result in mapped] == [b"shown\n", b"SHOWN\n"]
    assert forkexec.run(show, stdout=subprocess.PIPE).stdout == b"shown\n"


def names_of_batch() -> Set[str]:
    return {name for option in options("batch") for name in option.names}


def used_by_recipes() -> Set[str]:
    script = shlex.split(slurm(0)[0][2], comments=True)
    words = [script, kubernetes(0)[0], nomad(0)[0], aws_batch(0)[0]]
    used = {word for each in words for word in each[each.index("batch") :] if word.startswith("-")}
    assert "--shard-from-env" in used and "-j" in used
    return used


def used_by_text() -> Set[str]:
    text = (Path(__file__).resolve().parents[2] / "doc" / PAGE).read_text("utf-8")
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return {
        name for code in re.findall(r"`([^`]*)`", prose) for name in re.findall(r"--[a-z-]+", code)
    }


def test_every_option_exists() -> None:
    assert used_by_recipes() - names_of_batch() == set()
    assert used_by_text() >= FOREIGN
    assert used_by_text() - FOREIGN - names_of_batch() == set()

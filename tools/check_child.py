# SPDX-License-Identifier: MIT
"""Check that what runs in the child calls nothing that is unsafe there.

    python -m tools.check_child [--entry NAME ...] [PATH ...]

PATH is an object file, or a build directory whose engine, extension and helper program are looked
at; without one, they are built and looked at with gcc and with clang. From the entry points on,
every call, every address taken and every table of functions is followed through all objects. What
leads out of them must be in tools/check_child/allowed.txt; a call through a pointer must be made
by a function in tools/check_child/indirect.txt.
"""

from __future__ import annotations

import argparse
import sys
from collections import deque
from collections.abc import Iterable
from pathlib import Path

from tools.build import ROOT, build_directory
from tools.object_code import Node, ObjectCode, UnreadableObjectError, read_object

# The child; what a forked child does before it; the reporter that the extension hands in.
ENTRY_POINTS = (
    "fx_child_run",
    "fx_child_become_helper",
    "fx_child_leave_mark",
    "fx_close_if_open",
)
EXTENSION_ENTRY_POINTS = ("report_failure",)
# A program of its own, from its first instruction on; it has no library, so nothing is allowed.
HELPER_ENTRY_POINTS = ("fx_helper_main",)

LISTS = ROOT / "tools" / "check_child"
COMPILERS = ("gcc", "clang")
BUILD_OPTIONS = ["-Dpython=true", "-Dtests=false", "-Dexamples=false"]
# The linker's own name for the table of addresses; not a thing that can be called.
LINKER_SYMBOLS = {"_GLOBAL_OFFSET_TABLE_"}


def read_list(path: Path) -> dict[str, str]:
    """Lines of a name and the reason why it may be used; a name without a reason is an error."""
    entries: dict[str, str] = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, reason = line.partition(" ")
        if not reason.strip():
            raise SystemExit(f"{path}:{number}: {name} has no reason")
        entries[name] = reason.strip()
    return entries


def find_helper(build: Path) -> list[Path]:
    """The objects of the helper, where it is built: the child's code once more among them."""
    return sorted((build / "src" / "forkexec-helper.p").glob("*.o"))


def find_objects(build: Path) -> tuple[list[Path], bool]:
    """The objects of the engine and, where it is built, of the extension."""
    engine = sorted(set((build / "src").rglob("*.o")).difference(find_helper(build)))
    extension = sorted((build / "python").rglob("*.o"))
    if not engine:
        raise SystemExit(f"{build}: no objects of the engine; build it first")
    return engine + extension, bool(extension)


class Program:
    """All objects together, as the linker sees them."""

    def __init__(self, objects: Iterable[ObjectCode]) -> None:
        self.by_file = {code.path: code for code in objects}
        self.exported: dict[str, list[Node]] = {}
        self.functions: dict[str, list[Node]] = {}
        for code in self.by_file.values():
            for name, node in code.exported.items():
                self.exported.setdefault(name, []).append(node)
            for node in code.functions():
                self.functions.setdefault(node.name, []).append(node)

    def targets(self, node: Node) -> Iterable[Node | str]:
        """What a node refers to; a name remains only if no object defines it."""
        for target in sorted(self.by_file[node.file].references[node], key=str):
            if isinstance(target, Node):
                yield target
            else:
                yield from self.exported.get(target, [target])

    def indirect(self, node: Node) -> list[str]:
        return self.by_file[node.file].indirect.get(node, [])


def chain(node: Node, reached_from: dict[Node, Node | None]) -> str:
    names: list[str] = []
    step: Node | None = node
    while step:
        names.append(step.name)
        step = reached_from[step]
    return " -> ".join(reversed(names))


def check(
    program: Program, entries: Iterable[str], allowed: Iterable[str], indirect: Iterable[str]
) -> tuple[list[str], int]:
    """The violations, and how many functions are reachable."""
    faults: list[str] = []
    reached_from: dict[Node, Node | None] = {}
    for name in entries:
        if name not in program.functions:
            faults.append(f"{name}: no such function in these objects, so nothing was proved")
        reached_from.update(dict.fromkeys(program.functions.get(name, [])))
    queue = deque(reached_from)
    while queue:
        node = queue.popleft()
        way = chain(node, reached_from)
        if node.name not in indirect:
            faults.extend(
                f"{node.name} ({node.file.name}): calls through a pointer ({text}), "
                f"reached by {way}"
                for text in program.indirect(node)
            )
        for target in program.targets(node):
            if isinstance(target, Node):
                if target not in reached_from:
                    reached_from[target] = node
                    queue.append(target)
            elif target not in allowed and target not in LINKER_SYMBOLS:
                faults.append(
                    f"{node.name} ({node.file.name}) -> {target}: not async-signal-safe, "
                    f"reached by {way}"
                )
    return faults, sum(node.is_code for node in reached_from)


def build_with_each_compiler() -> list[Path]:
    return [build_directory(f"child-{name}", BUILD_OPTIONS, name) for name in COMPILERS]


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def check_one(
    paths: list[Path], entries: list[str], label: str, allowed: Iterable[str] | None = None
) -> int:
    objects = []
    for path in paths:
        try:
            objects.append(read_object(path))
        except UnreadableObjectError as error:
            print(f"{path}: {error}", file=sys.stderr)
            return 1
    if allowed is None:
        allowed = read_list(LISTS / "allowed.txt")
    indirect = read_list(LISTS / "indirect.txt")
    faults, count = check(Program(objects), entries, allowed, indirect)
    for fault in faults:
        print(fault)
    print(f"{label}: {count} functions run in the child, {len(faults)} violations")
    return 1 if faults else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--entry", action="append", help="entry points instead of the usual ones")
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH")
    options = parser.parse_args()
    paths = options.paths or build_with_each_compiler()
    failures = 0
    for build in (path for path in paths if path.is_dir()):
        objects, has_extension = find_objects(build)
        usual = ENTRY_POINTS + (EXTENSION_ENTRY_POINTS if has_extension else ())
        failures += check_one(objects, options.entry or list(usual), shown(build))
        helper = find_helper(build)
        if helper and not options.entry:
            label = f"{shown(build)}, helper"
            failures += check_one(helper, list(HELPER_ENTRY_POINTS), label, allowed=())
    single = [path for path in paths if not path.is_dir()]
    if single:
        failures += check_one(single, options.entry or list(ENTRY_POINTS), "given objects")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

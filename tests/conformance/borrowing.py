# SPDX-License-Identifier: MIT
"""Tests that a tree lacks, taken from the tree of another version at run time.

Some installations lack a test that their version has. That of the nearest version says the same
of the engine: where it asks too much of the interpreter, it fails on the stock engine too, and
nothing is held against ours.
"""

from __future__ import annotations

import ast
import os
import textwrap
from typing import Dict, List, Optional, Sequence, Tuple

from .interpreters import Interpreter
from .prefixes import Copy, add_tests
from .suites import Suite, locate, path_of


def find_lender(
    suite: Suite,
    borrower: Interpreter,
    interpreters: Sequence[Interpreter],
    trees: Dict[str, str],
) -> Optional[Tuple[str, str]]:
    """Label and module of the nearest version that has the suite, the older of two as near."""
    own = borrower.minor[1]
    others = [one for one in interpreters if one.label != borrower.label]
    others.sort(key=lambda one: (abs(one.minor[1] - own), one.minor[1], one.label))
    for other in others:
        module = locate(suite, trees[other.label])
        if module is not None:
            return other.label, module
    return None


def borrow(suite: Suite, module: str, tree: str, copies: Sequence[Copy]) -> str:
    """Give each copy the suite of another tree; returns the name of the module there."""
    if suite.methods:
        name = "test_borrowed_" + module.partition(".")[0]
        text = _extract(os.path.join(tree, path_of(module) + ".py"), suite.methods)
        for copy in copies:
            add_tests(copy, name, text=text)
        return name
    relative = path_of(module).split(os.sep)[0]
    for copy in copies:
        add_tests(copy, relative, source=os.path.join(tree, relative))
    return module


_FRAME = """\
import sys
import unittest

import _posixsubprocess


class BorrowedTest(unittest.TestCase):
"""


def _extract(path: str, methods: Sequence[str]) -> str:
    """A module of these methods alone: the rest of the file may need another version's support."""
    with open(path, encoding="utf-8") as file:
        source = file.read()
    lines = source.splitlines()
    found: List[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name in methods:
            assert node.end_lineno is not None
            body = "\n".join(lines[node.lineno - 1 : node.end_lineno])
            found.append(textwrap.indent(textwrap.dedent(body), "    "))
    return _FRAME + "\n\n".join(found) + "\n"

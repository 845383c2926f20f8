# SPDX-License-Identifier: MIT
"""CPython's own test-suite, run on the stock engine and on ours, compared test by test.

For every CPython found, its prefix is copied (by hard links): once as it is, once with our module
in the place of ``_posixsubprocess``, and once with the package installed and enabled for all of its
interpreters. The same tests run in each copy. A test that passes in the first and not in one of
the others is a regression.

Run it from the top of the source tree::

    python -m tests.conformance --quick
    python -m tests.conformance --all --write doc/conformance.md

The files, in the order in which a run uses them:

    interpreters  which CPythons there are
    testsuite     where an interpreter's tests come from when its own tree lacks them
    suites        which tests are judged
    prefixes      the copies, and which engine stands in each
    installation  the package in a copy
    borrowing     tests that a tree lacks, from the tree of another version
    preparation   the copies that a campaign takes, and the tests in them
    recorder      runs inside a copy: one outcome per test
    witness       runs inside a copy: which engine it used
    keeper        bounds one process in time and leaves no process of it behind
    execution     one suite in one copy, resumed after a crash or a hang
    canary        what speaks against a run having used the engine that it should have
    comparison    which outcomes are regressions, and how doubt is settled
    cache         what the stock engine gave the last time
    workspace     a folder that one run has to itself
    campaign      everything, several runs at a time
    report        the tables
"""

# SPDX-License-Identifier: MIT
"""Clusters of this machine's own, one of each for a run of the tests."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import Client, LocalCluster

from tests.cluster.slurm import Slurm, running

WORKERS = 2


@pytest.fixture(scope="session")
def slurm() -> Iterator[Slurm]:
    # Not pytest's own directory, which is closed to other users: munged refuses a socket there.
    directory = tempfile.TemporaryDirectory(prefix="forkexec-slurm-")
    with directory as place, running(Path(place)) as started:
        yield started


@pytest.fixture(scope="session")
def client() -> Iterator[Client]:
    cluster = LocalCluster(
        n_workers=WORKERS,
        threads_per_worker=2,
        processes=True,
        host="127.0.0.1",
        dashboard_address=None,
    )
    with cluster, Client(cluster) as connected:
        yield connected

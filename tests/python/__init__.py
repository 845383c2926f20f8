# SPDX-License-Identifier: MIT
"""Tests of the Python package."""

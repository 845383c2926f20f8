# SPDX-License-Identifier: MIT
"""Faults, and worlds in which something is missing."""

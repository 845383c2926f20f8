# SPDX-License-Identifier: MIT
"""The tests of forkexec."""

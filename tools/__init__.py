# SPDX-License-Identifier: MIT
"""What the project builds, tests and checks itself with."""

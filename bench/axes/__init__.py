# SPDX-License-Identifier: MIT
"""What is measured. A new axis is a module here; bench/outcome.py says what it has."""

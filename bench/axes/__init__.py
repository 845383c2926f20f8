# SPDX-License-Identifier: MIT
"""What is measured. A new axis is a module here, with `steps` and `measure`, and its name below."""

AXES = ["memory", "python_spawn", "other_threads", "child_calls"]

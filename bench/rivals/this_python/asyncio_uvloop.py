# SPDX-License-Identifier: MIT
"""uvloop, which starts processes by its own libuv."""

from importlib.metadata import version

import uvloop

from bench.programs.event_loop import through
from bench.programs.serving import serve

serve(f"uvloop {version('uvloop')}", {"uvloop": through(uvloop.new_event_loop())})

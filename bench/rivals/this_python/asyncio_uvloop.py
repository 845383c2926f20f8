# SPDX-License-Identifier: MIT
"""uvloop, which starts processes by its own libuv."""

import uvloop

from bench.programs.event_loop import through
from bench.programs.serving import serve

serve(f"uvloop {uvloop.__version__}", {"uvloop": through(uvloop.new_event_loop())})

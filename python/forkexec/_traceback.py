# SPDX-License-Identifier: MIT
"""Show an uncaught exception as if the program had been started by the interpreter itself."""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, Dict, Optional, Type


def without_frames_of(namespace: "Dict[str, Any]", error: BaseException) -> None:
    """Have the interpreter show `error` without the frames below the program's own.

    Called while `error` is on its way out, in the outermost frame whose globals are `namespace`.
    The interpreter must see the exception itself, or the exit status of KeyboardInterrupt and
    the like would be lost; only what sys.excepthook is given is cut. The hook is replaced as
    late as this, so that the program never sees another one than its own.
    """
    if isinstance(error, SystemExit) and not sys.flags.inspect:
        return  # nothing will be shown
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_globals is namespace:
        trace = trace.tb_next
    own = trace
    missing = object()
    hook: Any = getattr(sys, "excepthook", missing)

    def excepthook(
        kind: "Type[BaseException]", value: BaseException, trace: "Optional[TracebackType]"
    ) -> None:
        if hook is missing:
            del sys.excepthook
            sys.stderr.write("sys.excepthook is missing\n")
            show: Any = sys.__excepthook__
        else:
            sys.excepthook = show = hook
        if value is error:
            value.__traceback__ = trace = own
            sys.last_traceback = own
        try:
            show(kind, value, trace)
        except SystemExit:
            raise
        except BaseException as failure:
            failure.__traceback__ = failure.__traceback__ and failure.__traceback__.tb_next
            _show_both(failure, value)

    sys.excepthook = excepthook


def _show_both(failure: BaseException, original: BaseException) -> None:
    """What the interpreter writes when a hook fails; it would show our frame in it."""
    sys.stderr.write("Error in sys.excepthook:\n")
    sys.__excepthook__(type(failure), failure, failure.__traceback__)
    sys.stderr.write("\nOriginal exception was:\n")
    sys.__excepthook__(type(original), original, original.__traceback__)

# SPDX-License-Identifier: MIT
"""run(): start a command, feed it, read it, wait for it."""

from typing import TYPE_CHECKING, Any, Dict

from forkexec._call import Call
from forkexec._command import Command, Pipeline
from forkexec._engine import engine
from forkexec._lower import PLAIN_LADDER
from forkexec._result import Result

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from forkexec._types import RunKeywords

_run = engine.run
_run_plain = engine.run_plain


def run(args: Any, **keywords: "Unpack[RunKeywords]") -> Result:
    """Run a command and wait for it, as subprocess.run() does, with more to say and to see.

        result = forkexec.run(["make"], capture_output=True, timeout=60, max_output=1 << 20)

    A Command or Pipeline is run as by its own run(), so that run() can be mapped over them.

    Any exception, KeyboardInterrupt too, is raised when the command, with all that `kill_scope`
    reaches, has been stopped and waited for.

    The keywords of subprocess.run() mean what they mean there, but for bufsize and pipesize, which
    mean nothing here: stdin, input, stdout, stderr, capture_output, shell, cwd, timeout, check,
    encoding, errors, text, universal_newlines, env, executable, close_fds, pass_fds,
    restore_signals, start_new_session, process_group, umask, user, group, extra_groups.
    PIPE, DEVNULL and STDOUT are those of subprocess. `preexec_fn` is a Setup, or a callable that
    says what one can say (os.setsid, functools.partial(os.nice, 5)); nothing else is called.
    `input` may also be an open file. A new `user` needs a decision on `extra_groups`.

    The keywords of Setup, but for `keep` (which is pass_fds), say what else the child is to be:
    limits={"nofile": 256}, nice=5, death_signal="TERM", ...; `setup` is a whole Setup.

    max_output: keep at most so many bytes of each stream; the rest is read, counted and dropped.
        Without a word on stdout and stderr, both are captured.
    max_total: at most so many of both together.
    keep: which ones: "head" (the first), "tail" (the last), "head-and-tail" (half and half), or
        "stop": the first ones, and then the command is stopped, and OutputLimitExceeded raised.
    tee: write what comes to descriptors as well, at once: True for this process's own stdout and
        stderr; a descriptor or file for both; a pair, or a mapping with "stdout" and "stderr".
    on_stdout, on_stderr: called with the bytes as they come. An exception stops the command.
    timeout: seconds until it is stopped, and TimeoutExpired raised.
    idle_timeout: seconds without output until it is stopped, and IdleTimeoutExpired raised.
    start_timeout: seconds in which it has to reach its program, else SpawnError.
    linger: seconds that streams are still read after its end, while others hold them open: 1.
    stop_signal, grace: how it is stopped: by this signal, "TERM", and after so many seconds, 5,
        by KILL.
    kill_scope: what that reaches: "process", "group" (a new process group is made), "session" (a
        new session is made), "cgroup" (that of `cgroup`), "descendants". By default the session or
        group that was asked for; else its descendants, or, where these cannot be found, the
        process.

    Raises SpawnError if it cannot be started, and CalledProcessError if `check` is true and the
    returncode is not 0. All have `result`.
    """
    if isinstance(args, (Command, Pipeline)):
        return args.run(**keywords)
    given: Dict[str, Any] = keywords  # type: ignore[assignment]
    ran = _run_plain(Result, PLAIN_LADDER, args, given)
    if isinstance(ran, Result):
        return ran
    call = Call(args, given)
    if ran is None:
        try:
            ran = _run(
                call.command, call.start_timeout, call.input, call.stdout, call.stderr, call.bounds
            )
        finally:
            if call.opened:
                call.close()
    return call.result_of(ran)

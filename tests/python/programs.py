# SPDX-License-Identifier: MIT
"""Small programs that show what a program can see of how it was started, and how it ends."""

from typing import Dict, Union

SHOW = """\
import sys
print({name: value for name, value in sorted(globals().items()) if name != "sys"})
print(list(globals()), sys.argv, sys.path[0], sys._getframe().f_code.co_filename)
print(sys.modules["__main__"].__dict__ is globals())
"""

CHAIN = """\
def low(): raise KeyError("low")
def middle():
    try: low()
    except KeyError as error: raise ValueError("middle") from error
try: middle()
except ValueError: raise TypeError("high")
"""

GROUP = """\
def fail(n): raise ValueError(n)
errors = []
for n in range(2):
    try: fail(n)
    except ValueError as error: errors.append(error)
raise ExceptionGroup("both", errors)
"""

THREAD = """\
import sys, threading
main = threading.main_thread()
def late():
    main.join(); print("late", "__file__" in globals(), file=sys.stderr, flush=True)
threading.Thread(target=late).start()
print("main ends")
"""

HOOK = """\
import sys
def hook(kind, value, trace):
    depth = 0
    while trace: depth, trace = depth + 1, trace.tb_next
    print("hook", kind.__name__, value, depth, sys.excepthook is hook, sys.last_value is value)
    {then}
sys.excepthook = hook
def fail(): raise ValueError("x")
fail()
"""

PICKLE = """\
import multiprocessing, pickle, sys
class Point:
    def __init__(self, x): self.x = x
def double(point): return Point(point.x * 2)
if __name__ == "__main__":
    print(pickle.loads(pickle.dumps(Point(1))).__class__ is Point, pickle.dumps(double)[:20])
    context = multiprocessing.get_context(sys.argv[1])
    with context.Pool(1) as pool:
        print([point.x for point in pool.map(double, [Point(1), Point(2)])])
"""

FILES: Dict[str, Union[str, bytes]] = {
    "show.py": SHOW,
    "sub/show.py": SHOW,
    "program/__main__.py": SHOW + "1 / 0\n",
    "program/helper.py": "",
    "empty/readme": "",
    "package/__init__.py": "import sys; print('package', sys.argv)\n",
    "package/__main__.py": SHOW,
    "package/inner.py": SHOW + "from . import other\n",
    "package/other.py": "def boom(): 1 / 0\nboom()\n",
    "bare/__init__.py": "",
    "broken/__init__.py": "import not_there\n",
    "broken/inner.py": "",
    "chain.py": CHAIN,
    "group.py": GROUP,
    "thread.py": THREAD,
    "hook.py": HOOK.format(then="pass"),
    "hook_fails.py": HOOK.format(then="1 / 0"),
    "hook_exits.py": HOOK.format(then="sys.exit(7)"),
    "hook_deleted.py": "import sys\ndel sys.excepthook\n1 / 0\n",
    "pickles.py": PICKLE,
    "syntax.py": "print('never')\nx = = 1\n",
    "indent.py": "if True:\nprint(1)\n",
    "latin.py": b"# coding: latin-1\nprint(ascii('\xe9'))\n",
    "bom.py": b"\xef\xbb\xbfprint('bom')\r\nprint(__doc__)\r\n",
    "doc.py": "'''The text.'''\nprint(__doc__)\n",
    "lines.py": "def f(\n    a: undefined\n): pass\n",
    "raise_thread.py": "import threading\n"
    "def boom(): 1 / 0\nt = threading.Thread(target=boom, name='t'); t.start(); t.join()\n",
    "atexits.py": "import atexit\natexit.register(lambda: print(sorted(globals())))\n"
    "atexit.register(lambda: 1 / 0)\nprint('end')\n",
    "interrupt.py": "def wait(): raise KeyboardInterrupt\nwait()\n",
    "interrupted.py": "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nprint('no')\n",
    "subclass.py": "class Mine(KeyboardInterrupt): pass\nraise Mine('mine')\n",
    "terminated.py": "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)\n",
    "aborted.py": "import os\nos._exit(9)\n",
    "base.py": "class Base(BaseException): pass\nraise Base('base')\n",
    "asynchronous.py": "import asyncio, sys\n"
    "async def main():\n"
    "    process = await asyncio.create_subprocess_exec(sys.executable, '-c', 'print(5)')\n"
    "    print(await process.wait())\n    raise ValueError('async')\n"
    "asyncio.run(main())\n",
    "spawn.py": "import subprocess, sys\n"
    "print(subprocess.run(['/bin/echo', 'a'], stdout=-1).stdout)\n"
    "try: subprocess.run(['no-such-program'])\n"
    "except OSError as error: print(type(error), error.args, error.filename)\n",
    "unraisable.py": "class A:\n    def __del__(self): 1 / 0\na = A()\ndel a\nprint('on')\n",
    "warn.py": "import warnings\nwarnings.warn('here')\n",
    "last.py": "print(input(), input())\n",
    "utf8 é.py": SHOW,
    "itself.py": "import __main__\nprint(__main__.x if hasattr(__main__, 'x') else 'none')\n"
    "x = 1\nprint(__main__.x)\n",
    "unprintable.py": "class E(Exception):\n    def __str__(self): 1 / 0\nraise E\n",
    "flushes.py": "import sys\nprint('out')\nprint('err', file=sys.stderr)\n1 / 0\n",
    "reassigned.py": "import sys, types\nsys.modules['__main__'] = types.ModuleType('m')\n1 / 0\n",
    "recursive.py": "import sys\nsys.exit(sys)\n",
}

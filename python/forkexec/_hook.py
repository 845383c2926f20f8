# SPDX-License-Identifier: MIT
"""The import hook that stands first on sys.meta_path while forkexec is installed.

forkexec.pth loads this file at every interpreter start, so it imports nothing: the engine is
loaded when `_posixsubprocess` is first asked for, which most interpreters never do.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any, Optional, Sequence

ENGINE = "_posixsubprocess"
CALLER = "subprocess"


class EngineLoader:
    """Puts the engine in the place of CPython's module."""

    def create_module(self, spec: "ModuleSpec") -> "Optional[ModuleType]":
        return None

    def exec_module(self, module: "ModuleType") -> None:
        # The import system hands out what stands in sys.modules after this.
        from forkexec._install import adopt_engine

        adopt_engine()


class CallerLoader:
    """Loads `subprocess` with its own loader, then makes it use the engine for every process."""

    def __init__(self, spec: "ModuleSpec", loader: "Any") -> None:
        self.spec = spec
        self.loader = loader

    def create_module(self, spec: "ModuleSpec") -> "Optional[ModuleType]":
        module: Optional[ModuleType] = self.loader.create_module(spec)
        return module

    def exec_module(self, module: "ModuleType") -> None:
        self.spec.loader = module.__loader__ = self.loader
        self.loader.exec_module(module)
        if armed():  # not so if the engine could not be loaded
            from forkexec._install import adopt_caller

            adopt_caller(module)


class EngineFinder:
    """Finds `_posixsubprocess` and `subprocess`; every other module is left to the others."""

    active = False

    def find_spec(
        self,
        name: str,
        path: "Optional[Sequence[str]]" = None,
        target: "Optional[ModuleType]" = None,
    ) -> "Optional[ModuleSpec]":
        if name not in (ENGINE, CALLER) or not self.active:
            return None
        if name == CALLER:
            spec = self._other_spec(name, path, target)
            if spec is not None and hasattr(spec.loader, "exec_module"):
                spec.loader = CallerLoader(spec, spec.loader)  # type: ignore[assignment]
            return spec
        from _frozen_importlib import ModuleSpec

        try:
            import forkexec._engine
            import forkexec._install  # noqa: F401
        except Exception:
            # A package that is broken or half removed must not take `subprocess` with it.
            disarm()
            return None
        return ModuleSpec(ENGINE, EngineLoader())  # type: ignore[arg-type]

    def _other_spec(
        self, name: str, path: "Optional[Sequence[str]]", target: "Optional[ModuleType]"
    ) -> "Optional[ModuleSpec]":
        for finder in list(sys.meta_path):
            find_spec = None if finder is self else getattr(finder, "find_spec", None)
            spec: Optional[ModuleSpec] = find_spec(name, path, target) if find_spec else None
            if spec is not None:
                return spec
        return None


_finder = EngineFinder()


def armed() -> bool:
    return _finder.active


def arm() -> None:
    _finder.active = True
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)


def disarm() -> None:
    _finder.active = False
    # A new list: an import under way, here or in another thread, goes through the old one, and
    # would skip a finder if this one were taken out of it.
    sys.meta_path = [finder for finder in sys.meta_path if finder is not _finder]


def start() -> None:
    """What forkexec.pth calls. Another .pth may have imported `subprocess` before it."""
    if ENGINE in sys.modules or CALLER in sys.modules:
        from forkexec._install import install

        install()
    else:
        arm()

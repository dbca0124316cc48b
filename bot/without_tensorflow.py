"""Rasa 3.6.21 without TensorFlow, for a server whose model has no use for it: a third of the memory, and a start in a fraction of the time.

Rasa imports TensorFlow, and all that comes with it, whatever the model is made of: every component it knows is imported before the first
one is made. Here a name such as ``tensorflow`` is answered with an empty shell, good for what Rasa does with it while its modules are
read: base classes, annotations, decorators, constants. Whoever would compute with it is told what is wrong. Training never runs so
(bot/serve.py decides).
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from types import FunctionType, ModuleType
from typing import Any, Optional, Sequence, Text

LEFT_OUT = frozenset({"tensorflow", "tensorflow_addons", "tensorflow_probability", "tensorflow_text", "tensorflow_hub", "keras"})


class TensorFlowLeftOut(ImportError):
    """Something needs TensorFlow after all."""


class _Shell(type):
    """A class of which every attribute, item and call is another such class or the class itself; only its subclasses cannot be made."""

    def __getattr__(cls, name: Text) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _shell(f"{cls.__name__}.{name}")

    def __getitem__(cls, _item: Any) -> Any:
        return cls  # in annotations

    def __or__(cls, _other: Any) -> Any:
        return cls

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls.__module__ != __name__:
            raise TensorFlowLeftOut(f"{cls.__name__} needs TensorFlow, which this bot was started without. Restart it with that model.")
        is_decorator = len(args) == 1 and not kwargs and isinstance(args[0], (FunctionType, type))
        return args[0] if is_decorator else cls


def _shell(name: Text) -> Any:
    return _Shell(name, (), {"__module__": __name__})


class _EmptyModule(ModuleType):
    __path__: Sequence[Text] = []

    def __getattr__(self, name: Text) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = _shell(f"{self.__name__}.{name}")
        setattr(self, name, found)
        return found


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, fullname: Text, path: Any, target: Any = None) -> Optional[importlib.machinery.ModuleSpec]:
        if fullname.partition(".")[0] in LEFT_OUT:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _EmptyModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing in it."""


def leave_out() -> None:
    """From now on TensorFlow is an empty shell; to be called before Rasa is imported. A second call changes nothing."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())

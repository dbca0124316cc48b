"""What every command does the same way: settings, errors in words for people, JSON for programs."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

import typer

from handraise.steps import Failure, report, told
from leads.errors import FileProblem
from leads.settings import Settings, SettingsError, load_settings

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def print_as(content: Any, as_json: bool, show: Callable[[], object] = lambda: None) -> None:
    """Print the content as JSON, or call ``show`` to print it for people."""
    if as_json:
        print(json.dumps(content, ensure_ascii=False, indent=2))
    else:
        show()


def run_async[T](work: Callable[[Settings], Coroutine[Any, Any, T]]) -> T:
    """Run asynchronous work with the settings; see :func:`guard`."""
    return guard(lambda settings: asyncio.run(work(settings)))


def guard[T](work: Callable[[Settings], T]) -> T:
    """Run work with the settings; what people can mend is shown in their words and ends with exit code 1."""
    try:
        return work(load_settings())
    except Failure as failure:
        report(failure)
    except FileProblem as problem:
        report(told(problem))
    except SettingsError as error:
        report(Failure(str(error), "docs/settings.md lists every setting."))
    except KeyboardInterrupt:
        sys.exit(130)
    raise typer.Exit(1)

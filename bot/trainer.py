"""`python -m bot.trainer`: trains models, one after the other, in a process that has read Rasa once.

Most of the time of `rasa train` is reading Rasa and starting TensorFlow. This process does that first, then reads a line of JSON
from its input for each training, ``{"domain", "config", "data", "out", "name"}`` (paths, and the name of the model's file without its
ending), and answers each with a line: ``{"ok": true, "path", "seconds"}`` or ``{"ok": false, "error"}``. What did not change since the
last training is taken from Rasa's own cache.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, TextIO


def serve(orders: Iterable[str], answers: TextIO, train: Callable[..., Any]) -> None:
    """Train for each order until there are no more; a training that fails ends nothing."""
    for line in orders:
        began = time.monotonic()
        try:
            told: Dict[str, Any] = _train(json.loads(line), train)
        except Exception as error:  # whatever Rasa refuses, the next order may be right
            told = {"ok": False, "error": f"{type(error).__name__}: {error}"}
        told["seconds"] = round(time.monotonic() - began, 2)
        answers.write(json.dumps(told) + "\n")
        answers.flush()


def _train(order: Dict[str, str], train: Callable[..., Any]) -> Dict[str, Any]:
    result = train(order["domain"], order["config"], order["data"], output=order["out"], fixed_model_name=order["name"])
    path = Path(order["out"]) / f"{order['name']}.tar.gz"
    if result.code or not path.exists():
        return {"ok": False, "error": "Rasa refused the files; its own words are on its standard error."}
    return {"ok": True, "path": str(path)}


def main() -> None:
    """Serve standard input; everything that Rasa says goes to standard error."""
    answers, sys.stdout = sys.stdout, sys.stderr
    import rasa.core.agent
    import rasa.engine.recipes.default_recipe  # noqa: F401
    from rasa.model_training import train
    from rasa.utils.common import configure_logging_and_warnings
    from rasa.utils.log_utils import configure_structlog

    configure_logging_and_warnings(None, None, warn_only_once=True, filter_repeated_logs=True)
    configure_structlog(None)
    answers.write(json.dumps({"ok": True, "ready": True}) + "\n")
    answers.flush()
    serve(sys.stdin, answers, train)


if __name__ == "__main__":
    main()

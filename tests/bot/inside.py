"""Runs a script in the bot's environment (Python 3.10, Rasa) and gives what it found."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from handraise.prepare import BOT_PYTHON
from tests.bot.processes import ROOT, bot_environment

HEAD = """
import json, logging, sys
logging.disable(logging.CRITICAL)
given = json.load(sys.stdin)
def found(value):
    print("RESULT" + json.dumps(value))
"""


def inside(script: str, given: Any = None) -> Any:
    """What the script hands to ``found(value)``; it finds ``given`` under that name."""
    done = subprocess.run(
        [BOT_PYTHON, "-c", HEAD + script],
        input=json.dumps(given),
        cwd=ROOT,
        env=bot_environment(),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.rsplit("RESULT", 1)[1])

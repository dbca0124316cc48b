"""What is loaded before the first visitor comes is all that reading needs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = """
import json
from pathlib import Path
from leads.questions import Questions
from leads.reading import read_message, warm
from leads.reading.lexicon import lexicon
questions = Questions.load(Path("bot/questions.yml"))
warm(questions)
before = lexicon.cache_info().misses
for text in ("retail", "we fix teeth", "wir reparieren Zähne", "nous réparons des dents", "arreglamos dientes"):
    read_message(text, questions, asked="industry")
print(json.dumps([before, lexicon.cache_info().misses]))
"""


@pytest.mark.long
def test_no_word_list_is_left_for_the_first_visitor() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, check=True)
    before, after = json.loads(done.stdout)
    assert before == after > 1

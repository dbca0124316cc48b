"""`handraise train --watch`: a model after every edit; a mistake is told and waited out."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from handraise import model
from handraise.train import watch
from leads.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.mark.long
@pytest.mark.timeout(300)
def test_every_edit_is_trained_and_a_mistake_is_waited_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = tmp_path / "files"
    shutil.copytree(ROOT / "bot", files / "bot", ignore=shutil.ignore_patterns(".venv", "__pycache__"))
    for name in ("config.yml", "domain.yml"):
        shutil.copy(ROOT / name, files / name)
    settings = Settings(data=tmp_path / "data", bot_files=files)
    rules, component = files / "bot" / "data" / "rules" / "small_talk.yml", files / "bot" / "components" / "intents.py"
    right, fitting = rules.read_text(), list[bool]()

    def edits() -> Iterator[bool]:
        """Each time the watcher looks again, the next edit has been made and the one before is looked at."""
        for text, code in ((right, ""), (right + "\n  nonsense", ""), (right + "\n# a remark\n", ""), (right, "# another remark\n")):
            rules.write_text(text)
            component.write_text(component.read_text() + code)
            for look in range(4):  # the outer and the inner loop each ask whether to go on
                if look == 3:
                    found = model.find(files, settings.data)
                    fitting.append(bool(found and found.fits))
                yield True
        yield False

    steps = edits()
    watch(settings, lambda: next(steps, False))
    told = capsys.readouterr()
    assert fitting == [True, False, True, True], told
    assert told.out.count("Starting the trainer") >= 2 * 2, "begun and done, once more after an edit of code"
    assert "small_talk.yml" in told.err

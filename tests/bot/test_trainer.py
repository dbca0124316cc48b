"""The warm trainer: one training after the other, and one that fails ends nothing."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from handraise.prepare import BOT_PYTHON
from tests.bot.processes import ROOT, bot_environment


@pytest.mark.long
@pytest.mark.timeout(200)
def test_a_training_that_fails_does_not_end_the_trainer(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yml"
    broken.write_text("recipe: [\n")
    files = {"domain": "domain.yml", "data": "bot/data", "out": str(tmp_path)}
    orders = [{**files, "config": str(broken), "name": "bad"}, {"what": "is this"}, {**files, "config": "config.yml", "name": "good"}]
    done = subprocess.run(
        [BOT_PYTHON, "-m", "bot.trainer"],
        cwd=ROOT,
        env=bot_environment(),
        input="".join(json.dumps(order) + "\n" for order in orders),
        capture_output=True,
        text=True,
        timeout=180,
        check=True,
    )
    ready, bad, strange, good = map(json.loads, done.stdout.splitlines())
    assert ready["ready"]
    assert not bad["ok"]
    assert "YamlSyntaxException" in bad["error"]
    assert not strange["ok"]
    assert good["ok"], done.stderr[-2000:]
    assert Path(good["path"]) == tmp_path / "good.tar.gz"
    assert Path(good["path"]).exists()

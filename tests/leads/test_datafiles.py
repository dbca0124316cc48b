"""Our own data files mean to the fast loader what YAML 1.2 says they mean."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from leads.datafiles import ROOT, load_data

FILES = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("leads/**/data/*.yml"))


@pytest.mark.parametrize("name", FILES)
def test_a_data_file_is_what_yaml_1_2_says(name: str) -> None:
    assert repr(load_data(name)) == repr(YAML(typ="safe").load(Path(ROOT / name).read_text(encoding="utf-8")))


def test_words_of_yaml_1_1_are_words(tmp_path: Path) -> None:
    file = tmp_path / "some.yml"
    file.write_text("[no, yes, on, off, 1:30, 2020-01-01x, 1_000, true, ~, 7, -0.5, 1e3, '8']")
    assert load_data(str(file)) == ["no", "yes", "on", "off", "1:30", "2020-01-01x", "1_000", True, None, 7, -0.5, 1000.0, "8"]

"""Which tests go to which worker of pytest-xdist, and in which order, under ``--dist loadfile``."""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

# Folders and files whose tests share something that takes long to start: each of these goes to one worker as a whole.
TOGETHER = {
    "tests/e2e": "the house",
    "tests/bot": "the bot",
    "tests/abuse/test_commands.py": "the bot",
    "tests/abuse/test_inside.py": "the bot",
}
LONGEST_FIRST = ("e2e", "bot", "abuse", "faults", "deploy", "webhook")  # so that the last file of a run is a short one


class Sharing(LoadScopeScheduling):
    """A file at a time, as ``loadfile`` does, but all files that share something at once."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return TOGETHER.get(file) or TOGETHER.get(file.rsplit("/", 1)[0], file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Sharing | None:
    """Other ways of distribution are left as they are."""
    return Sharing(config, log) if config.option.dist == "loadfile" else None


def sort(items: list[pytest.Item]) -> None:
    """What takes longest comes first, and what is shared in one piece; otherwise as collected."""
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    file = item.nodeid.split("::", 1)[0]
    folder = "bot" if TOGETHER.get(file) == "the bot" else item.path.parent.name
    return LONGEST_FIRST.index(folder) if folder in LONGEST_FIRST else len(LONGEST_FIRST)

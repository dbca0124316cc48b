"""Errors of the domain, each with words for the person who can mend it."""

from __future__ import annotations

from pathlib import Path


class LeadsError(Exception):
    """Base of every error raised on purpose by this package."""


class FileProblem(LeadsError):
    """Something in a file that a person edits is wrong.

    ``line`` and ``column`` count from 1; both are 0 when the whole file is meant. ``fix`` says what to do.
    """

    def __init__(self, path: Path, line: int, column: int, message: str, fix: str) -> None:
        self.path = path
        self.line = line
        self.column = column
        self.message = message
        self.fix = fix
        place = f"{path}:{line}:{column}" if line else str(path)
        super().__init__(f"{place}: {message} {fix}".rstrip())


class UnknownConversation(LeadsError):
    """The conversation that something should be kept for does not exist."""

    def __init__(self, conversation_id: str) -> None:
        self.conversation_id = conversation_id
        super().__init__(f"There is no conversation {conversation_id!r}.")


class UnknownQuestion(LeadsError):
    """An answer was given to a question that ``questions.yml`` does not have."""

    def __init__(self, slot: str) -> None:
        self.slot = slot
        super().__init__(f"There is no question {slot!r} in questions.yml.")

"""Words that somebody agrees to: one text or one for each language, with the version that their author counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from leads.yamlfile import Node


@dataclass(frozen=True)
class Wording:
    """``texts`` by language in lower case; the first is for everybody whose language is not among them. ``""`` is any language."""

    texts: Mapping[str, str]
    version: str = ""

    def text(self, lang: str | None) -> str:
        """The words for somebody who reads this language."""
        wanted = (lang or "").lower()
        found = self.texts.get(wanted) or self.texts.get(wanted.split("-")[0])
        return found if found is not None else next(iter(self.texts.values()))

    def spoken(self, lines: Iterable[str], lang: str | None) -> str:
        """The words that stand in one of these lines, which is what was really asked; otherwise those for the language."""
        lines = list(lines)
        return next((text for text in self.texts.values() if any(text in line for line in lines)), self.text(lang))

    @property
    def mark(self) -> str:
        """Another one when the words have to be asked for again: the version, or where nobody counts, the words themselves."""
        return self.version or sha256("\0".join(self.texts.values()).encode()).hexdigest()[:16]

    def covers(self, text: str, version: str) -> bool:
        """Whether a yes to this text still holds."""
        return text in self.texts.values() or (bool(self.version) and version == self.version)


def read_wording(node: Node) -> dict[str, str]:
    """The texts of a line that holds one text, or a line for each language.

    Raises:
        FileProblem: no language, or no text, with its place.
    """
    if not isinstance(node.value, Mapping):
        return {"": node.text()}
    texts = {lang.lower(): line.text() for lang, line in node.items()}
    if not texts:
        raise node.problem(f"{node.name} has no language.", "Write one text, or a line for each language such as `de: …`.")
    return texts

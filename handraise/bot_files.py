"""Checks of the files a marketer edits, before Rasa sees them: every problem with file, line and what to do."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import Any

from handraise.yaml_shape import problem_at, shape_problems
from leads import yamlfile
from leads.errors import FileProblem
from leads.questions import Questions
from leads.rules import Rules
from webhook.texts import check_texts, load_site_texts

DEFAULT_ACTIONS = frozenset(
    {"action_listen", "action_restart", "action_default_fallback", "action_deactivate_loop", "action_back", "action_session_start"}
)
LOOK_BACK = ("Memoization", "TEDPolicy", "UnexpecTED")  # policies of Rasa that look at earlier messages, by how their names begin
DEFAULT_INTENTS = frozenset({"nlu_fallback", "session_start", "restart", "back"})


def yaml_files(bot_files: Path) -> list[Path]:
    """Pipeline, domain, what stands beside the flows, and all training data."""
    folder = bot_files / "bot"
    return [bot_files / "config.yml", bot_files / "domain.yml", *sorted(folder.glob("*.yml")), *sorted((folder / "data").rglob("*.yml"))]


def problems(bot_files: Path) -> list[FileProblem]:
    """Everything that is wrong with the bot's files, in the order of the files; an empty list means none was found."""
    found: list[FileProblem] = []
    trees: dict[Path, Any] = {}
    for path in yaml_files(bot_files):
        try:
            trees[path] = yamlfile.load(path).value
        except FileProblem as problem:
            found.append(problem)
    found += _beside_the_flows(bot_files / "bot", trees)
    found += _policies(bot_files / "config.yml", trees.get(bot_files / "config.yml") or {})
    data, domain_path = bot_files / "bot" / "data", bot_files / "domain.yml"
    flows = {path: tree for path, tree in trees.items() if data in path.parents}
    for path, tree in trees.items():
        if path in flows or path == domain_path:
            found += shape_problems(path, tree, "training" if path in flows else "domain")
    if found:
        return found
    domain = Domain(domain_path, trees[domain_path])
    found += domain.problems()
    widget = bot_files / "bot" / "widget.yml"
    found += _openings(widget, trees.get(widget) or {}, domain)
    for path, tree in flows.items():
        found += _references(path, tree, domain)
    return [*found, *_questions_in_domain(bot_files, domain)]


def _beside_the_flows(folder: Path, readable: Container[Path]) -> list[FileProblem]:
    """Questions, scoring (against the questions, when those are right) and widget."""
    questions, scoring, widget = (folder / f"{name}.yml" for name in ("questions", "scoring", "widget"))
    found = Questions.check(questions) if questions in readable else []
    slots = Questions.load(questions) if questions in readable and not found else None
    if scoring in readable:
        found += Rules.check(scoring, slots)
    if widget in readable:
        found += check_texts(widget)
    for path in sorted(folder.glob("widget.*.yml")):
        if path in readable:
            found += check_texts(path, load_site_texts)
    return found


def _policies(path: Path, tree: Any) -> Iterator[FileProblem]:
    """Policies that would decide by what the bot has forgotten; it would answer, and wrongly."""
    for policy in tree.get("policies") or [] if isinstance(tree, Mapping) else []:
        name = str(policy.get("name") if isinstance(policy, Mapping) else policy)
        if name.rpartition(".")[2].removeprefix("Augmented").startswith(LOOK_BACK):
            what = f"{name} looks at earlier messages, and between two messages the bot keeps its state only (bot/tracker_store.py)."
            yield problem_at(path, policy, what, "Take it out and write what it should do as rules.", "name")


def check_essentials(bot_files: Path) -> None:
    """Raise the first problem in the files without which hub and actions cannot start: questions and scoring.

    Raises:
        FileProblem: what is wrong, where, and what to do.
    """
    Questions.load(bot_files / "bot" / "questions.yml")
    Rules.load(bot_files / "bot" / "scoring.yml")


def check_shapes(bot_files: Path) -> None:
    """Raise the first problem, if there is one; for whoever cannot go on with broken files.

    Raises:
        FileProblem: what is wrong, where, and what to do.
    """
    for problem in problems(bot_files):
        raise problem


class Domain:
    """What domain.yml declares, with the line of each thing."""

    def __init__(self, path: Path, tree: Any) -> None:
        self.path = path
        self.tree: Mapping[str, Any] = tree
        self.intents = _names(self.tree.get("intents")) | DEFAULT_INTENTS
        self.responses = _names(self.tree.get("responses"))
        self.slots = _names(self.tree.get("slots"))
        self.forms = _names(self.tree.get("forms"))
        self.actions = _names(self.tree.get("actions")) | self.responses | self.forms | DEFAULT_ACTIONS

    def problems(self) -> Iterator[FileProblem]:
        """Buttons that lead nowhere and forms that ask for slots which are not there."""
        for name, variants in (self.tree.get("responses") or {}).items():
            for variant in variants or []:
                yield from self.dead_buttons(self.path, name, variant)
        for name, form in (self.tree.get("forms") or {}).items():
            for slot in (form or {}).get("required_slots") or []:
                if slot not in self.slots:
                    what = f"The form {name} asks for {slot!r}, which is not under slots:."
                    yield problem_at(self.path, form, what, "Add the slot, or remove it from the form.")

    def dead_buttons(self, path: Path, where: str, line: Mapping[str, Any]) -> Iterator[FileProblem]:
        """Buttons under a line of the bot that name an intent which is not declared."""
        for button in line.get("buttons") or []:
            payload = str(button.get("payload", ""))
            intent = payload.removeprefix("/").split("{")[0]
            if payload.startswith("/") and intent not in self.intents:
                what = f"{where}: the button {button.get('title')!r} names the intent {intent!r}, which is not in the list of intents."
                yield problem_at(path, button, what, "Add it under intents: in domain.yml, or correct the payload.")


def _openings(path: Path, tree: Mapping[str, Any], domain: Domain) -> Iterator[FileProblem]:
    """Buttons of openings that name an intent which domain.yml does not have."""
    for opening in tree.get("openings") or []:
        yield from domain.dead_buttons(path, f"The opening for {opening['page']}", opening)


def _references(path: Path, tree: Any, domain: Domain) -> Iterator[FileProblem]:
    """Intents, actions and slots which training data names but domain.yml does not declare."""
    for item in tree.get("nlu") or []:
        intent = str(item.get("intent", "")).split("/")[0]
        if intent and intent not in domain.intents:
            yield problem_at(
                path, item, f"The intent {intent!r} has examples but is not in domain.yml.", "Add it under intents: in domain.yml."
            )
    for section in ("rules", "stories"):
        for flow in tree.get(section) or []:
            for step in [*(flow.get("condition") or []), *(flow.get("steps") or [])]:
                yield from _step(path, step, domain)


def _step(path: Path, step: Any, domain: Domain) -> Iterator[FileProblem]:
    declared = {
        "intent": (domain.intents, "intents"),
        "action": (domain.actions, "actions or responses"),
        "active_loop": (domain.forms, "forms"),
    }
    for part in step.get("or") or [step]:
        for key, (names, where) in declared.items():
            name = part.get(key)
            if name is not None and name not in names:
                fix = f"Add it under {where}: in domain.yml, or correct the name here."
                yield problem_at(path, part, f"{key} {name!r} is not in domain.yml.", fix, key)


def _questions_in_domain(bot_files: Path, domain: Domain) -> Iterator[FileProblem]:
    path = bot_files / "bot" / "questions.yml"
    questions = Questions.load(path)
    asked = {slot for form in (domain.tree.get("forms") or {}).values() for slot in (form or {}).get("required_slots") or []}
    for slot in questions:
        if slot not in domain.slots:
            fix = f"Add {slot}: under slots: in domain.yml, like the others there."
            yield FileProblem(path, 0, 0, f"The question {slot!r} has no slot in domain.yml.", fix)
    for slot in sorted(asked):
        if slot not in questions:
            what = f"A form asks for {slot!r}, but bot/questions.yml does not say what kind of answer it takes."
            yield FileProblem(domain.path, 0, 0, what, "Add the question to bot/questions.yml.")
        if f"utter_ask_{slot}" not in domain.actions and f"action_ask_{slot}" not in domain.actions:
            fix = f"Add utter_ask_{slot}: under responses: in domain.yml."
            yield FileProblem(domain.path, 0, 0, f"A form asks for {slot!r}, but there are no words to ask with.", fix)


def _names(section: Any) -> frozenset[str]:
    """Names of a list (of strings or one-key maps) or of a map."""
    if isinstance(section, Mapping):
        return frozenset(str(name) for name in section)
    return frozenset(str(next(iter(item))) if isinstance(item, Mapping) else str(item) for item in section or [])

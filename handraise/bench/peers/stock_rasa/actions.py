"""Actions as Rasa's documentation writes them: each answer of a form checked with a regular expression, nothing stored."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher

INDUSTRIES = ("software", "retail", "finance", "bank", "health", "logistics", "education", "manufacturing")


def _number(text: object) -> float | None:
    found = re.search(r"(\d+(?:\.\d+)?)\s*(k\b)?", str(text))
    return float(found[1]) * (1000 if found[2] else 1) if found else None


class ValidateQualifyForm(FormValidationAction):
    """Budget, head count, industry and time."""

    def name(self) -> str:
        """As Rasa wants it."""
        return "validate_qualify_form"

    def validate_budget(self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> dict[str, Any]:
        """A number."""
        return {"budget": _number(value)}

    def validate_company_size(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """A number."""
        return {"company_size": _number(value)}

    def validate_industry(self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> dict[str, Any]:
        """A word of a list."""
        return {"industry": next((word for word in INDUSTRIES if word in str(value).lower()), None)}


class ValidateContactForm(FormValidationAction):
    """Consent, name and e-mail address."""

    def name(self) -> str:
        """As Rasa wants it."""
        return "validate_contact_form"

    def validate_email(self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> dict[str, Any]:
        """Something with an @ in it."""
        found = re.search(r"\S+@\S+\.\S+", str(value))
        return {"email": found[0] if found else None}


class Submit(Action):
    """The last words."""

    def name(self) -> str:
        """As the rules call it."""
        return "action_submit"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Say what was understood."""
        known = ", ".join(str(tracker.slots[name]) for name in ("budget", "company_size", "industry", "email"))
        dispatcher.utter_message(text=f"Thank you. I have noted {known}. A colleague will write to you.")
        return []

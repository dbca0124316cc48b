"""A rule policy under which a visitor's question is answered although a form is waiting for an answer."""

from __future__ import annotations

import warnings
from typing import Any, Dict, Optional, Text, Tuple

from rasa.core.policies.rule_policy import RULES, RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import ACTION_LISTEN_NAME, REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

# Rasa compares classes and does not see that a subclass is in the configuration.
warnings.filterwarnings("ignore", message="'RulePolicy' is not included")

FORM_INTENTS = "form_intents"
POLITE_INTENTS = "polite_intents"
SURE = "sure"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class AnswerFirstPolicy(RulePolicy):
    """Rasa's rules with two changes for messages that hold an answer and a question at once.

    A form of stock Rasa takes every message that fills one of its slots and asks on, so that "we have 40k, what does it
    cost?" is never answered. Here the form goes first only for the intents listed as ``form_intents``; any other intent
    gets its rule first, and the rule takes the form up again with ``action_go_on``. Intents listed as ``polite_intents`` are
    passed over when the message answered the question ("thanks, 50 people"), and so is any intent less likely than ``sure``.

    Second, a rule that ends inside a form is over: stock Rasa would run the form behind the author's back.
    """

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """As Rasa's, with the lists of intents that a form takes first: always, and when the question was answered."""
        return {**RulePolicy.get_default_config(), FORM_INTENTS: [], POLITE_INTENTS: [], SURE: 0.4}

    def _find_action_from_loop_happy_path(self, tracker: DialogueStateTracker) -> Tuple[Optional[Text], Optional[Text]]:
        if self._rule_goes_first(tracker):
            return None, None
        return RulePolicy._find_action_from_loop_happy_path(tracker)

    def _rule_goes_first(self, tracker: DialogueStateTracker) -> bool:
        intent = tracker.latest_message.intent.get("name") if tracker.latest_message else None
        if not tracker.active_loop_name or not intent or intent in self.config[FORM_INTENTS]:
            return False
        answered = False
        for event in reversed(tracker.events):
            if isinstance(event, UserUttered):
                sure = tracker.latest_message.intent.get("confidence", 1.0) >= self.config[SURE]
                return not (answered and (intent in self.config[POLITE_INTENTS] or not sure))
            if isinstance(event, SlotSet) and event.key == tracker.get_slot(REQUESTED_SLOT):
                answered = event.value is not None
            if isinstance(event, ActionExecuted) and event.action_name == tracker.active_loop_name:
                return False  # the form has been taken up again since
        return False

    def _find_action_from_rules(
        self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> Tuple[Optional[Text], Optional[Text], bool]:
        action, source, returning = super()._find_action_from_rules(tracker, domain, use_text_for_last_user_input)
        if action and action == tracker.active_loop_name and self.lookup[RULES].get(source) == ACTION_LISTEN_NAME:
            return ACTION_LISTEN_NAME, source, returning
        return action, source, returning

"""A project as Rasa's documentation would have it, with the dialogue of our bot; `python -m rasa_sdk` runs its actions."""

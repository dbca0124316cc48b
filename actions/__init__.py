"""The rasa_sdk actions: thin, generic over bot/questions.yml."""

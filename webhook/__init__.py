"""The hub: the only server a browser talks to. It owns the transcript, who holds a conversation, and delivery."""

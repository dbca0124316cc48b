"""Small servers to compare with: one message in is one acknowledgement and one relay, kept nowhere."""

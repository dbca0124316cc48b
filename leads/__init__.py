"""The domain: what a lead is, how an answer is read, how a score is made and where all of it is kept."""

"""What a person sees, in a real browser over the running program."""

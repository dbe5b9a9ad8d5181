"""What staff do once with each machine, on an empty belt, before it may be moved."""

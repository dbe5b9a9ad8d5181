"""The pages of a computer that has no good configuration: what is wrong, and the form that mends it."""

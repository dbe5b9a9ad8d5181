"""A small gym to look at: treadmills, members who behave like people, weeks of history, and a floor."""

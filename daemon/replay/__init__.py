"""What the policy did on a belt, and what it would have done with other settings. Pure but for reading a recording."""

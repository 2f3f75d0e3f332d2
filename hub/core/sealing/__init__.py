"""An area closed by two people: before, while and after, its time to the second, its certificate."""

"""Getting an alarm to people: one file per channel, each with a worker of its own."""

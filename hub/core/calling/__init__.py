"""Who is called about an alarm, when, by which channel, and who is on duty."""

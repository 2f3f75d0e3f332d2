"""Who is called about an alarm, when, by which channel, and who is on duty. Nothing is sent here (see `hub.notify`)."""

"""Ways to a person, and what they are told: e-mail, syslog, the sounder. Short messages have a folder of their own."""

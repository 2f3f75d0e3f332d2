"""Who is at the console: passwords, sessions, tries."""

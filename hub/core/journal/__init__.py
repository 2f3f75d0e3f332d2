"""What an entry may be, what it changes, and what follows from it."""

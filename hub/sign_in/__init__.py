"""Who somebody is, proved to the engine: passwords, wrong tries, and the tokens of those who have signed in."""

"""Signing in to the console: passwords, sessions, limits on wrong tries. Roles are judged by the core."""

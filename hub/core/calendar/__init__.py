"""Holidays, the windows in which areas are sealed, and office hours. The sealing itself is in `sealing`."""

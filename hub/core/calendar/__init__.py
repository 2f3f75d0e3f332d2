"""Holidays, the windows in which areas are sealed, and the hours of the office."""

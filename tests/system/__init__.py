"""Whole demonstrations, with real processes: what only shows when everything runs."""

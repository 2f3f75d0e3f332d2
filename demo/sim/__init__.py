"""Hands on the simulated hardware: `strongroom sim`, and traces that are played on it."""

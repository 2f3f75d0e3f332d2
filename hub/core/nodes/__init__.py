"""Nodes and the hub itself: lives, silence, progress, orders, witnesses, the hub's disk and clock. Doors: `doors`."""

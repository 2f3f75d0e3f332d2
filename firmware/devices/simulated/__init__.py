"""Simulated pins, converter, readers and network cable, controlled over a socket. For the demonstration and the
tests."""

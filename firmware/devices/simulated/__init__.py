"""Pins, converter, readers and cable without metal, worked through a socket. For the demonstration and the tests."""

"""What node and hub must agree on. Imports neither side."""

"""Everything that touches metal, one third-party import a file."""

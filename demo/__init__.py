"""A simulated bureau with real processes: its site, a story, telephones and hardware.

It may import all, nobody imports it, and no installation has it."""

"""Request handlers, one file for each group of pages. What several pages show is in `parts`; rules are in the core."""

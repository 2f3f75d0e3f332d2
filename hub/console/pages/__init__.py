"""One file for each group of pages: what is asked for and shown. What several share is in `parts`."""

"""Parts that several pages show: receipt ladder, month, sealing guide, paging. Pages themselves are in `pages`."""

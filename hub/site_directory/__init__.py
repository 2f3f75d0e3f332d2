"""What lies where in a site's folder, and how it is opened: layout, settings, keys, files."""

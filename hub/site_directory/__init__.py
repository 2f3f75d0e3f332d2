"""A site's folder: paths, settings, keys, files, and opening the hub in it. Decides nothing and writes no journal."""

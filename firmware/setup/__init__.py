"""Before a node runs: configuration, keys, papers, installation."""

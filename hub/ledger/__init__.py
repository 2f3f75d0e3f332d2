"""The journal as a Merkle tree: what is appended, and in time what is proved about it."""

"""What a node must not lose: records and state on its disk, and what becomes of them when the disk refuses."""

"""Records and state on the node's disk: kept until the hub has them, and buffered or repaired when the disk fails.

Sends nothing (see `hub_link`) and judges nothing (see `core`).
"""

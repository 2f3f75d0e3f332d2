"""The journal as a Merkle tree: appending, checkpoints and their keys, countersignatures, proofs, exports.

Entries are opaque here: what they mean is decided in `hub.core.journal`.
"""

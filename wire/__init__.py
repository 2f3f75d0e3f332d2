"""What node and hub must agree on: messages, signatures, keys, topics, the journal's tree, and the offline verifier.

Imports neither side. What follows from a message is decided in `firmware` and `hub`.
"""

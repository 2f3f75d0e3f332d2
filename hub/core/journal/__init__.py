"""Entries: which kinds there are, who may bring them, what each changes in the state and which facts follow.

The tables name functions of the other subjects; storing and signing is done by `hub.service`.
"""

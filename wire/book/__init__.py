"""The book of rules: what an entry of the journal may say, how large everything in it may be, and who may say it.

One book for the hub, which takes records in and writes facts, and for the verifier, which reads them years later: what
the hub takes, the verifier takes. Here is the form of an entry and its place in a node's life, by what the journal
alone shows. What counts, by clocks and site documents, is the hub's to judge (hub/core/doubt.py); signatures and trees
are the verifier's (wire/audit). Standard library only, and syntax that Python 3.8 reads.
"""

"""The verifier: checks an export of the journal offline, for somebody who trusts none of us.

`verify.pyz` is this package with the modules of `wire` that it needs; `strongroom verify` is the same code. Standard
library only, and syntax that Python 3.8 reads. What it takes on trust is one thing: the journal's root key, which the
auditor has on paper. Every other key is named by an entry of the journal itself.
"""

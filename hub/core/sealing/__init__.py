"""Sealing an area by two people: checks before it, the badge ceremony, unsealing, the ledger of watched time, the
certificate. Its planned windows are in `calendar`."""

"""The telephones of a demonstration: a simulated GSM modem on a pseudo-terminal, and everybody's telephone behind it.

`hub.notify` opens the modem as it opens a real one; nothing here knows how it does that.
"""

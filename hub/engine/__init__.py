"""The engine's process: takes in what nodes send, answers them, and checks what comes due.

The only process that writes records of nodes. Decisions are the core's; people are called by `hub.notify`.
"""

"""The pure core of the hub, a folder per subject: state and a fact come in, further facts go out.

No I/O, no clock, no thread: times are arguments, and `hub.service` stores what the core decides.
"""

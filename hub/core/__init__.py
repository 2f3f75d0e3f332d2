"""The pure core of the hub: no I/O, no clock, no thread. State and a fact come in, further facts go out."""

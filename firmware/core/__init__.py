"""The pure core of a node: no I/O, no clock, no thread. Inputs and `now` come in, effects go out."""

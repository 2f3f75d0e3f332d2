"""Drivers of the node's hardware: pins, converter, readers, lamps, sounder; one third-party import per file.

A driver reports levels and bytes; what they mean is decided in `core`.
"""

"""The engine's door: what console, notifying service and command line ask of the one process that writes."""

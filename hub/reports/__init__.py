"""Papers for people: the certificate of a sealing as an A4 page. What it says is decided in `hub.core.sealing`."""

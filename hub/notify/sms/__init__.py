"""Short messages by a GSM modem: its dialects, its units, and what people answer."""

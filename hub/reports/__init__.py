"""Papers for people: certificates, registers, self-inspection."""

"""Points and readers: levels, badges, who is inside, wrong tries, the guard of ordinary nights. Sealed areas:
`sealing`."""

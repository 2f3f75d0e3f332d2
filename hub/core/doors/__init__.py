"""Points and readers: levels, badges, who is inside, wrong tries."""

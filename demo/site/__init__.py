"""The site that the demonstration makes: its document, its names, its papers."""

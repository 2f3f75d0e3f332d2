"""Files that people hand in: the site document, calendars. Read, checked and brought to the service."""

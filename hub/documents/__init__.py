"""Documents that people hand in: reads, checks and applies the site document and calendars. Their rules are in the
core."""

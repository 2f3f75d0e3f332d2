"""Protocol of the simulated hardware and telephones: questions and answers over a Unix socket. No hardware is here."""

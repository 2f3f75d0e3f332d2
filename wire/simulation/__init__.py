"""What the simulated hardware and telephones of a demonstration are asked, and what they answer."""

"""What runs on the hub."""

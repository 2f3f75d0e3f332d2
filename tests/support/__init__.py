"""What several tests share: real processes, and a fixed cast."""

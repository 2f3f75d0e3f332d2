"""A node's words with its hub: what goes out, what comes in, and what is sent again. Decides nothing about doors."""

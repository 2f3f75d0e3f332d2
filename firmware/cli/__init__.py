"""`strongroom node …`: what a person types at a node."""

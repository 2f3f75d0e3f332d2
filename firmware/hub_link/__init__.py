"""Messages between a node and its hub: signing, opening, sending again. Decides nothing about doors, keeps nothing on
disk."""

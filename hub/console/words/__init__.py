"""Every word that the console says, Chinese and English, and for which code it stands."""

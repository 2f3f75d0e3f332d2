"""The command line of every side: commands are functions, and what a person may type is read off their signatures."""

"""The engine's process: takes in what nodes send, answers, and watches what comes due."""

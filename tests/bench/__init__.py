"""The benchmark: `./strongroom benchmark`. What it measures is said in docs/explanation/speed.md."""

"""The node board: what is connected where. `terminals.toml` is read by firmware and site checker alike."""

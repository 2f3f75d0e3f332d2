"""The duty officer's console: HTTPS pages, made on the server, that go on by themselves where there is JavaScript."""

"""The duty officer's console: HTTPS pages, made on the server, that refresh themselves where there is JavaScript.

`base` is shared infrastructure, `session` signing in, `pages` and `parts` the pages, `words` every sentence of them.
"""

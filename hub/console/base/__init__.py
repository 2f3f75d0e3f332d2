"""What every page stands on: the hub as the console reaches it, rendering, live changes, static files, and the
gate that every request passes."""

"""Shared infrastructure of all pages: access to the hub, rendering, live changes, static files, and the gate that every
request passes. Single pages are in `pages`."""

"""The notifying service: sends notices by every channel, and takes the engine's place in calling people when it is
silent.

Who is called and when is decided in `hub.core.calling`.
"""

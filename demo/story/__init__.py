"""The story: an ordinary day and night and a whole holiday at speed, played on the simulated hardware of a running
demonstration, and checked.

It works as people do: hands at doors, badges at readers, a duty officer at her console.
"""

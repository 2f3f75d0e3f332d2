"""The software of the hub: takes in the nodes' records, keeps the journal, raises alarms, calls people, shows pages.

`core` decides; `service` is the only way to write; `engine`, `notify` and `console` are the three processes; `admin`
and `cli` are for people at a terminal. Nothing of a node is here.
"""

"""The software of a node: reads doors and badges, decides, signs records, keeps them until the hub has them.

`core` decides; `devices`, `outbox` and `hub_link` touch hardware, disk and network; `process` runs them in one loop;
`setup` and `cli` are for people. Nothing of the hub is here.
"""

"""Every MQTT topic is built and parsed here, and nowhere else."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from wire.messages import SERVICES

NAME = r"[a-z0-9-]{3,32}"
"""What a site, a node or a service may be called; the broker's rules substitute it, so nothing else may pass."""

SLOW = "engine-slow"
"""The engine's second connection, for what is to be read slowly. It signs nothing, and so it is no service."""
RESERVED = (*SERVICES, SLOW)
"""Names of the hub's own on the broker. No node may bear one."""

_ROOT = "strongroom/1"
_NODE_TOPIC = re.compile(rf"strongroom/1/({NAME})/node/({NAME})/([a-z]+)")
_NAME = re.compile(NAME)


class NodeTopic(NamedTuple):
    """A topic of one node, taken apart."""

    site: str
    node: str
    leaf: str


def valid_name(name: str) -> bool:
    """Whether `name` may name a site or a node."""
    return bool(_NAME.fullmatch(name)) and name not in RESERVED


def record(site: str, node: str) -> str:
    """Node to hub, QoS 1: one signed record."""
    return f"{_ROOT}/{site}/node/{node}/record"


def beat(site: str, node: str) -> str:
    """Node to hub, QoS 0: the node's signed sign of life, and its last will."""
    return f"{_ROOT}/{site}/node/{node}/beat"


def receipt(site: str, node: str) -> str:
    """Hub to node, QoS 1: committed through this sequence number."""
    return f"{_ROOT}/{site}/node/{node}/receipt"


def order(site: str, node: str) -> str:
    """Hub to node, QoS 1: one signed order, never retained."""
    return f"{_ROOT}/{site}/node/{node}/order"


def ask(site: str, node: str) -> str:
    """Node to hub, QoS 1: a signed question about the journal's growth."""
    return f"{_ROOT}/{site}/node/{node}/ask"


def proof(site: str, node: str) -> str:
    """Hub to node, QoS 1: the signed answer to a question, never retained."""
    return f"{_ROOT}/{site}/node/{node}/proof"


def cosign(site: str, node: str) -> str:
    """Node to hub, QoS 1: the node's countersignature of a checkpoint."""
    return f"{_ROOT}/{site}/node/{node}/cosign"


def hub_beat(site: str) -> str:
    """Hub to all, QoS 0: the engine's signed sign of life."""
    return f"{_ROOT}/{site}/hub/beat"


def checkpoint(site: str) -> str:
    """Hub to all, QoS 1, never retained: the journal's newest signed checkpoint."""
    return f"{_ROOT}/{site}/checkpoint"


def journal(site: str) -> str:
    """Hub to hub, QoS 0: the journal has grown."""
    return f"{_ROOT}/{site}/journal"


def of_node(site: str, node: str, leaf: str) -> str:
    """One of a node's topics."""
    return f"{_ROOT}/{site}/node/{node}/{leaf}"


def every_node(site: str, leaf: str) -> str:
    """Subscription to one leaf of every node of the site."""
    return f"{_ROOT}/{site}/node/+/{leaf}"


@lru_cache(maxsize=1024)  # a few nodes say everything
def parse_node(topic: str) -> NodeTopic | None:
    """Take a node's topic apart; None for any other."""
    match = _NODE_TOPIC.fullmatch(topic)
    return NodeTopic(*match.groups()) if match else None

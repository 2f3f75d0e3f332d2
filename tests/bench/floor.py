"""The floor: the least that anything can do which makes an event durable before it tells of it. No signature is
checked, nothing is decided, no order is kept.

`python -m tests.bench.floor PORT AUTHORITY CERTIFICATE KEY DATABASE`
"""

from __future__ import annotations

import signal
import sqlite3
import sys
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from tests.bench.place import FLOOR, FLOOR_ANNOUNCE, FLOOR_EVENT, no_delay


def main() -> None:
    """Subscribe, commit, announce, acknowledge; until SIGTERM."""
    port, authority, certificate, key, path = sys.argv[1:]
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE IF NOT EXISTS event (id INTEGER PRIMARY KEY, topic TEXT, payload BLOB)")
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=FLOOR, protocol=paho.MQTTv5, manual_ack=True)
    client.tls_set(authority, certificate, key)

    def event(_client: paho.Client, _data: Any, message: paho.MQTTMessage) -> None:
        row = database.execute("INSERT INTO event (topic, payload) VALUES (?, ?)", (message.topic, message.payload))
        client.publish(FLOOR_ANNOUNCE, f'{{"size":{row.lastrowid}}}', 0)
        client.ack(message.mid, message.qos)

    def connected(*_: object) -> None:
        client.subscribe(FLOOR_EVENT, 1)

    client.on_message = event
    client.on_connect = connected
    client.on_socket_open = no_delay
    signal.signal(signal.SIGTERM, lambda *_: client.disconnect())
    client.connect("127.0.0.1", int(port), keepalive=10)
    client.loop_forever()


if __name__ == "__main__":
    main()

"""Every message between node and hub, and every fact the hub writes itself.

Each is a frozen struct; what a record, an order or a fact is about is its `data`, a union told apart by `kind`.
The body of a note is one line of JSON: `encode` makes it, `decode` reads it, and nothing is ever encoded twice.
Times named `wall` and `time` are milliseconds since 1970 in UTC; `mono`, `at`, `uptime` and other times of a
node are milliseconds since that node's boot.
"""

from __future__ import annotations

from wire.bounds import LARGEST_COUNT, LARGEST_NUMBER, LATEST_WALL, LONGEST_UPTIME
from wire.messages.alarm_facts import *
from wire.messages.base import *
from wire.messages.beats import *
from wire.messages.calendar_facts import *
from wire.messages.call_facts import *
from wire.messages.coding import *
from wire.messages.duty_facts import *
from wire.messages.facts import *
from wire.messages.hub_facts import *
from wire.messages.orders import *
from wire.messages.records import *
from wire.messages.rules import *
from wire.messages.sealing_facts import *
from wire.messages.sealing_records import *
from wire.messages.service_facts import *
from wire.messages.set_facts import *
from wire.messages.set_records import *
from wire.messages.witness_facts import *
from wire.messages.witnessing import *

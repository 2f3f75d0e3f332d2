"""What each kind of alarm means and what the duty officer does about it: what happened, then two to four short steps.

Written for somebody who was asleep a minute ago and is not technical.
"""

from __future__ import annotations

from hub.console.words.instructions import everyday, hub, nodes, places
from hub.console.words.instructions.sentences import Instruction

INSTRUCTIONS: dict[str, Instruction] = {
    **places.INSTRUCTIONS,
    **everyday.INSTRUCTIONS,
    **nodes.INSTRUCTIONS,
    **hub.INSTRUCTIONS,
}

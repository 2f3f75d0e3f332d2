"""How a state machine walks: the same way each time, and from no memory; and how it is sent after planted bugs.

What hypothesis draws depends on which modules are loaded beside, so a budget that is just enough is not enough. A hunt
ends with the first example that finds the bug: a large one costs nothing where it is found.
"""

from hypothesis import HealthCheck, Phase, settings

WALK = settings(
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)
HUNT = settings(WALK, max_examples=5000, stateful_step_count=25)

"""How a state machine is sent after planted bugs: the same way each time, from no memory, and without shrinking."""

from hypothesis import HealthCheck, Phase, settings

HUNT = settings(
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)

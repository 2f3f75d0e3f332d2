"""`./strongroom benchmark`: Strongroom beside the floor, in one run, on one real broker, on a real disk."""

from __future__ import annotations

import compileall
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated, NamedTuple

from tests.bench import control, delay, evidence, fairness, flow, report, size, start
from tests.bench.chain import Chain
from tests.bench.place import Place, end
from tests.bench.report import Figure, Report
from wire.command_line.run import call, of_the_system, one_line
from wire.command_line.signature import Context, Option


class Plan(NamedTuple):
    """How much of everything."""

    starts: int
    blocks: int
    samples: int
    flood: int
    """Records sent as fast as they are taken."""
    seconds: float
    """How long each rate is held."""
    wanted_rate: float
    tries: tuple[float, ...]
    """Parts of the highest rate that are tried, highest first, until one is sustained."""
    rounds: int
    appended: int
    """Entries that are appended with the tree and without it."""
    audited: int
    """Entries of the export that is verified."""
    leaves: int
    """Entries under the tree that proofs are made in."""
    proofs: int
    commands: int
    """Times that each command is started."""
    loud: int
    """Records that the node has which sends them over and over."""
    nodes: int = 4


FULL = Plan(
    starts=5,
    blocks=20,
    samples=50,
    flood=24_000,
    seconds=10,
    wanted_rate=3000,
    tries=(0.95, 0.85, 0.75, 0.6, 0.4),
    rounds=40,
    appended=20_000,
    audited=50_000,
    leaves=10_000_000,
    proofs=500,
    commands=10,
    loud=40_000,
)
QUICK = Plan(
    starts=1,
    blocks=2,
    samples=15,
    flood=2_000,
    seconds=2,
    wanted_rate=1000,
    tries=(),
    rounds=2,
    appended=1_280,
    audited=1_000,
    leaves=100_000,
    proofs=50,
    commands=1,
    loud=5_000,
)
MILLION = 1_000_000
SOURCE = Path(__file__).parents[2]


def benchmark(
    context: Context,
    quick: Annotated[bool, Option(help="Half a minute; the figures are rough.")] = False,
    million: Annotated[bool, Option(help="Audit a million entries: some minutes and 4 GB more.")] = False,
    json: Annotated[Path | None, Option(metavar="FILE", help="Write every figure and sample to FILE as well.")] = None,
    keep: Annotated[bool, Option(help="Leave site and logs in the directory (a folder on a real disk).")] = False,
) -> None:
    """Measure speed and size."""
    # As an installation is: a process that compiles its modules itself starts later, and is larger.
    for folder in ("wire", "firmware", "hub"):
        compileall.compile_dir(SOURCE / folder, quiet=2)
    root = Path(tempfile.mkdtemp(prefix="strongroom-bench-", dir=context.directory))
    place = None
    try:
        say("making a site")
        plan = QUICK if quick else FULL
        place = Place(root / "site", plan.nodes)
        found = run(place, plan._replace(audited=MILLION) if million else plan, quick)
    finally:
        if place:
            place.close()
        if keep:
            say(f"left in {root}")
        else:
            shutil.rmtree(root)
    report.show(found)
    if json:
        json.write_bytes(report.encode(found))
    if not found.sound:
        say("records were lost, doubled or out of order")
    sys.exit(0 if found.sound else 1)


def run(place: Place, plan: Plan, quick: bool) -> Report:
    """Every measurement, in turn, on the site in `place`."""
    chains = [Chain(member.name, member.key) for member in place.members]
    machine = report.machine()
    place.broker.start()
    papers = place.floor_papers
    words = (str(place.port), *map(str, papers), str(place.root / "floor.db"))
    floor = place.start("floor", "-m", "tests.bench.floor", *words)
    probe = delay.Probe(place, place.members[0], chains[0])

    say(f"starting the engine, {plan.starts} times")
    starts = []
    for left in reversed(range(plan.starts)):
        engine, began = size.start_engine(place, probe)
        starts.append(began)
        if left:
            end(engine)
    time.sleep(2)
    engine_rest = size.resident(engine)

    say(f"delays: {plan.blocks} blocks of {plan.samples} samples each, floor and Strongroom in turn")
    delays, busy_delays = control.beside(lambda: probe.measure(plan.blocks, plan.samples))
    probe.close()
    end(floor)

    say(f"flood: {plan.flood} records, as fast as they are taken")
    busy = size.processor_s(engine)
    flood = flow.stream(place, chains, plan.flood, 0)
    busy = size.processor_s(engine) - busy
    streams = [_held(place, chains, plan, plan.wanted_rate)]
    for part in plan.tries:
        rate = round(flood.rate * part / 100) * 100
        if streams[-1].sustained and rate <= streams[-1].offered:
            break
        streams.append(_held(place, chains, plan, rate))
    engine_burst, engine_most = size.resident(engine), size.resident(engine, "VmHWM")

    say("a real node: at rest, and after a burst that it saw without its cable")
    node = place.node()
    size.wait_ready(place)
    time.sleep(2)
    node_rest = size.resident(node)
    told = size.burst(place, plan.rounds)
    node_burst, node_most = size.resident(node), size.resident(node, "VmHWM")

    say(f"starting commands, each {plan.commands} times")
    commands = start.figures(place.root, plan.commands)

    flood_samples = 2 * plan.samples * plan.starts
    say(f"one node sends as fast as it can, another raises {flood_samples} alarms")
    loud, busy_loud = control.beside(lambda: fairness.flooded(place, chains[0], plan.loud, flood_samples))
    engine_flooded = size.resident(engine, "VmHWM")

    say("comparing the journal with what was signed")
    faults = flow.check(place, chains)
    unalarmed = flow.unalarmed(place, [*delays.causes, *loud.alarms.causes])
    figures = [
        *_delays(delays, busy_delays),
        *_flow(flood, streams, plan),
        Figure("engine's work", busy / plan.flood * 1e6, "µs", "processor time for a record in the flood"),
        *_flooded(loud, busy_loud, engine_flooded, fairness.told(place)),
        *_faults(faults, unalarmed),
        Figure("engine at rest", engine_rest, "MB", "resident, 2 s after its start", wanted=80),
        Figure("engine after bursts", engine_burst, "MB", "resident, after all streams", wanted=80),
        Figure("engine at most", engine_most, "MB", "the most it ever had resident", wanted=80),
        Figure("node at rest", node_rest, "MB", "the real firmware on simulated pins, 2 s after its plan", wanted=45),
        Figure("node after burst", node_burst, "MB", f"after delivering {told} records of its own", wanted=45),
        Figure("node at most", node_most, "MB", "the most it ever had resident", wanted=45),
        *_starts(starts),
        *commands,
        *_evidence(place.root.parent / "evidence", plan),
    ]
    samples = {
        "floor_ms": delays.floor,
        "strongroom_ms": delays.strongroom,
        "flooded_ms": loud.alarms.strongroom,
        "asked_ms": loud.asked,
        "starts": [one._asdict() for one in starts],
        "streams": [one._asdict() for one in (flood, *streams)],
    }
    return Report(machine, quick, figures, faults.none and not unalarmed, samples)


def _held(place: Place, chains: list[Chain], plan: Plan, rate: float) -> flow.Stream:
    say(f"stream: {rate:.0f} records/s for {plan.seconds:.0f} s")
    return flow.stream(place, chains, int(rate * plan.seconds), rate)


def _delays(found: delay.Delays, slowed: float) -> list[Figure]:
    floor, ours = _percentiles(found.floor), _percentiles(found.strongroom)
    commits = "published → committed → announced, heard by another client"
    alarm = "record published → checked, alarm decided, both committed → announced"
    turns = f"of {len(found.floor)} samples each, in turn"
    return [
        Figure("floor p50", floor[0], "ms", commits),
        Figure("floor p99", floor[1], "ms", "the same, one in a hundred is slower"),
        Figure("Strongroom p50", ours[0], "ms", alarm),
        Figure("Strongroom p99", ours[1], "ms", "the same, one in a hundred is slower"),
        Figure("ratio p50", ours[0] / floor[0], "×", turns, wanted=2, control=slowed),
        Figure("ratio p99", ours[1] / floor[1], "×", "the same", wanted=3, control=slowed),
    ]


def _flooded(loud: fairness.Flooded, slowed: float, most: float, told: int) -> list[Figure]:
    found, (usual_asked, slow_asked) = loud.alarms, _percentiles(loud.asked)
    usual, slow = _percentiles(found.strongroom)
    way = f"of {len(found.strongroom)} alarms, while another node sends as fast as it can, by one processor and more"
    return [
        Figure("alarm in a flood, p50", usual, "ms", f"published → committed → announced; {way}", control=slowed),
        Figure("alarm in a flood, p99", slow, "ms", "the same, one in a hundred is slower", wanted=500, control=slowed),
        Figure("worst", max(found.strongroom), "ms", "the same, the slowest of all"),
        Figure("asked in a flood, p50", usual_asked, "ms", f"asked → committed → answered; of {len(loud.asked)}"),
        Figure("asked in a flood, p99", slow_asked, "ms", "the same, one in a hundred is slower", wanted=100),
        Figure("engine in a flood", most, "MB", "the most it ever had resident until the end of it", wanted=100),
        Figure("floods told", told, "", "entries that say so", "at least", 1),
    ]


def _flow(flood: flow.Stream, streams: list[flow.Stream], plan: Plan) -> list[Figure]:
    nobody = flow.Stream(0, 0, 0, 0)
    held = max((one for one in streams if one.sustained), key=lambda one: one.offered, default=nobody)
    first = streams[0]
    wanted = None if len(streams) == 1 and not plan.tries else plan.wanted_rate
    tried = "highest rate tried at which the lag did not grow"
    return [
        Figure("flood", flood.rate, "/s", f"signed records receipted; {plan.nodes} nodes, 128 under way each"),
        Figure("sustained", held.offered, "/s", f"{tried}, {plan.seconds:.0f} s each", "at least", wanted),
        Figure("lag at it, p50", held.lag_p50, "ms", "a record is due → its receipt is at the node"),
        Figure("lag at it, p99", held.lag_p99, "ms", "the same, one in a hundred is slower"),
        Figure(f"lag at {first.offered:.0f}/s, p50", first.lag_p50, "ms", f"the same (p99 {first.lag_p99:.0f} ms)"),
        Figure("sent again", sum(one.again for one in (flood, *streams)), "", "records that had to be, in all streams"),
    ]


def _faults(faults: flow.Faults, unalarmed: int) -> list[Figure]:
    return [
        Figure("records sent", faults.expected, "", "signed by the benchmark and sent, in all"),
        Figure("lost", faults.lost, "", "of these, not in the journal with the very same hash", wanted=0),
        Figure("doubled", faults.doubled, "", "of these, in the journal more than once", wanted=0),
        Figure("out of order", faults.disordered, "", "steps back in a node's numbers along the journal", wanted=0),
        Figure("without alarm", unalarmed, "", "openings in a sealed area that no alarm follows", wanted=0),
    ]


def _evidence(root: Path, plan: Plan) -> list[Figure]:
    root.mkdir()
    say(f"evidence: appending {plan.appended} entries with the tree and without it")
    written = list(evidence.long_journal(root / "spool", plan.appended).entries)
    cost, slowed = control.beside(lambda: evidence.appending(root, written, plan.blocks))
    say(f"evidence: auditing exports of {plan.audited // 10} and {plan.audited} entries")
    small = evidence.audit(root / "audit-small", plan.audited // 10)
    large, slowed_audit = control.beside(lambda: evidence.audit(root / "audit-large", plan.audited))
    say(f"evidence: proofs in a tree of {plan.leaves} entries")
    proven = evidence.proofs(root, plan.leaves, plan.proofs)
    batches = f"of an entry, in commits of {evidence.BATCH}: with leaf, tiles and head, to without ({{:.0f}} µs)"
    bare = "the same export: one signature check and one leaf hash for each entry, nothing else"
    return [
        Figure("tree, wall", cost.tree[0] / cost.plain[0], "×", batches.format(cost.plain[0]), control=slowed),
        Figure("tree, processor", cost.tree[1] / cost.plain[1], "×", batches.format(cost.plain[1]), control=slowed),
        Figure("audit", large.verifier, "s", f"processor time of verify.pyz, {large.entries} entries: {large.verdict}"),
        Figure("bare checks", large.bare, "s", bare),
        Figure(
            "ratio audit",
            large.verifier / large.bare,
            "×",
            f"of the two, its start included; {small.verifier / small.bare:.1f} for a tenth of it",
            control=slowed_audit,
        ),
        Figure("verifier at most", large.memory, "MB", f"resident; {small.memory:.0f} MB for a tenth of the entries"),
        *_proofs("inclusion proof", proven.inclusion, plan.leaves),
        *_proofs("consistency proof", proven.consistency, plan.leaves),
    ]


def _proofs(name: str, spent: list[float], leaves: int) -> list[Figure]:
    where = f"in a database file with the tree of {leaves} entries"
    return [
        Figure(f"{name}, p50", statistics.median(spent), "ms", where),
        Figure(f"{name}, worst", max(spent), "ms", f"of {len(spent)}, the first from a file that is not in memory"),
    ]


def _starts(starts: list[size.Start]) -> list[Figure]:
    entry, beat = (statistics.median(values) for values in zip(*starts, strict=True))
    began = "from the start of the process to"
    return [
        Figure("engine's first entry", entry, "s", f"{began} EngineStarted in the journal", wanted=1),
        Figure("engine's first beat", beat, "s", f"{began} its beat at a node", wanted=1),
    ]


def _percentiles(values: list[float]) -> tuple[float, float]:
    return statistics.median(values), statistics.quantiles(values, n=100)[98]


def say(line: str) -> None:
    """Progress."""
    print(f"benchmark: {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    with one_line(of_the_system):
        call(benchmark, sys.argv[1:], lambda: Path("/var/tmp"), "benchmark")

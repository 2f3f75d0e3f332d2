"""Holes in what the hub does with a record, and with a fact of its own before it is written."""

from __future__ import annotations

from hub.core.journal import machine
from hub.core.nodes import checks as node_checks
from hub.core.nodes import fold as node_fold
from hub.core.nodes import sequence
from hub.engine import inbound
from tests.hub.ledger import test_same_rules as same
from tests.hub.ledger import test_same_rules_for_facts as facts
from tests.hub.ledger.holes_in_types import UNBOUNDED
from tests.hub.ledger.planting import Holes, Typed, both, largest, reads, says
from wire import messages as m
from wire import notes, opening
from wire.book import lives, naming, reading

IN_THE_HUB: Holes = {
    same.test_a_node_may_lose_as_much_as_can_be_counted: {
        "a loss has no end": Typed(m.CannotFill, "last", UNBOUNDED, seq=UNBOUNDED),
        "first and last change places": says(sequence, "(data.first, data.last)", "(data.last, data.first)"),
    },
    same.test_a_node_speaks_for_itself: {
        "under the name of another node": both(
            says(opening, ' or getattr(said, "node", None) != node', ""),
            says(machine, " or life.record_key != arrival.key", ""),
        ),
        "an enrolment opens the life after": says(node_fold, "life=data.life,\n", "life=data.life + 1,\n"),
        "every service signs as the engine may": says(
            machine, ".kind, by, self._signer)", '.kind, "engine", "engine")'
        ),
    },
    same.test_a_name_may_stand_once_wherever_it_stands: {
        "nothing is read strictly": says(inbound, "if m.encode(record) != text:", "if False:"),
        "strictly, by the rules of old": says(inbound, "reading.read(text)", "reading.read(text, 0)"),
        "strictly, but for names that stand twice": reads(
            inbound, "reading", reading, "strict.read(line)", "strict.read_loosely(line)"
        ),
    },
    same.test_a_record_has_as_many_bytes_as_the_largest_and_no_more: {
        "a record of one byte more": largest(1),
        "a record of one byte less": largest(-1),
    },
    same.test_a_signature_has_one_spelling_and_its_content_counts: {
        "anybody's signature": reads(
            opening,
            "notes",
            notes,
            "if check is None or not check(key.public, note.text, signature.data):",
            "if False:",
        ),
        "two spellings of a signature": reads(opening, "notes", notes, " or not canonical:", ":"),
    },
    same.test_a_record_bears_one_signature: {
        "two signatures": reads(opening, "notes", notes, "if len(parts.signatures) != 1:", "if False:"),
    },
    same.test_a_record_written_otherwise_is_read_alike_by_both: {
        "control characters in a note": reads(
            opening, "notes", notes, "if len(note.translate(None, _CONTROL)) != len(note):", "if False:"
        ),
    },
    same.test_a_record_is_of_this_site: {
        "of another site": says(opening, "said.site != site or ", ""),
    },
    same.test_a_node_that_is_revoked_says_nothing_until_it_is_enrolled_anew: {
        "a revoked node is heard": says(node_fold, "state.put(replace(life, revoked=True,", "state.put(replace(life,"),
        "a node revoked meanwhile is heard": says(machine, "life.revoked or ", ""),
        "once revoked, revoked for ever": says(
            node_fold, "serial=data.serial,", "serial=data.serial, revoked=old.revoked if old else False,"
        ),
    },
    same.test_a_key_that_was_replaced_meanwhile_counts_no_more: {
        "a key replaced meanwhile is heard": says(machine, " or life.record_key != arrival.key", ""),
        "the first key of a node for ever": says(
            node_fold, "record_key=data.record_key,", "record_key=old.record_key if old else data.record_key,"
        ),
    },
    facts.test_a_node_is_enrolled_for_its_next_life_by_both_or_by_neither: {
        "a new life goes on with the old numbers": says(
            node_fold, "serial=data.serial,", "serial=data.serial, seq=old.seq if old else 0,"
        ),
        "a new life goes on with the old hash": says(
            node_fold, "serial=data.serial,", 'serial=data.serial, hash=old.hash if old else "",'
        ),
        "the hash before is kept": says(node_fold, "hash=newest,", "hash=life.hash,"),
        "no hash is kept": says(node_fold, "hash=newest,", 'hash="",'),
        "no number is kept": says(node_fold, "seq=record.seq,", "seq=life.seq,"),
        "a node is enrolled for any life": reads(
            node_checks, "lives", lives, "if life != standing.life + 1:", "if False:"
        ),
        "a node is enrolled after records that are not here": reads(
            node_checks, "lives", lives, "if last_seq > standing.seq:", "if False:"
        ),
        "a node is enrolled after just the records that are here": reads(
            node_checks, "lives", lives, "if last_seq > standing.seq:", "if last_seq != standing.seq:"
        ),
    },
    same.test_after_a_loss_both_go_on_from_the_same_record: {
        "after a loss the hash is the statement's own": says(
            node_fold, "record.data.last_hash if isinstance(record.data, m.CannotFill) else entry.hash", "entry.hash"
        ),
        "a loss that begins at what is due only": reads(
            sequence, "lives", lives, "record.first <= standing.seq + 1", "record.first == standing.seq + 1"
        ),
    },
    same.test_after_a_life_that_a_node_has_opened_both_go_on_in_it: {
        "a life opened by the node is not kept": says(node_fold, "life=record.life,", "life=life.life,"),
        "the next life only": reads(sequence, "lives", lives, "MOST_LIVES = 100", "MOST_LIVES = 1"),
        "the number is read for the life": says(sequence, "data.hub_life if", "data.hub_seq if"),
    },
    facts.test_what_a_node_is_accused_of_by_the_hub_the_verifier_believes_and_nothing_else: {
        "the hash before is not compared": reads(
            sequence, "lives", lives, "if standing.hash and record.prev != standing.hash:", "if False:"
        ),
        "a loss of what is here": reads(sequence, "lives", lives, "if record.seq <= standing.seq:", "if False:"),
        "a loss that begins anywhere": reads(sequence, "lives", lives, "record.first <= standing.seq + 1 and ", ""),
        "a life from any number": reads(sequence, "lives", lives, " and record.seq == 1", ""),
        "the entry before is named as the one that was kept": says(
            machine, "kept = known[0] if known else -1", "kept = known[0] - 1 if known else -1"
        ),
        "an accusation without its signature": says(
            machine, "other = arrival.note.decode()", 'other = arrival.note.decode().partition("\\n\\n")[0]'
        ),
    },
    same.test_enrolled_anew_a_node_speaks_under_its_new_key_alone: {
        "the hash before is wanted of the first too": reads(
            sequence, "lives", lives, "if standing.hash and record.prev", "if record.prev"
        ),
        "gaps": reads(sequence, "lives", lives, "if record.seq != standing.seq + 1:", "if False:"),
        "a record of any life": reads(sequence, "lives", lives, "if record.life != standing.life:", "if False:"),
        "an accusation over a life that is over": says(
            sequence, "if record.life != life.life:\n", "if record.life > life.life:\n"
        ),
        "an accusation over a number that is not due": says(
            sequence, "if record.seq == life.seq + 1 and", "if record.seq > life.seq and"
        ),
    },
    same.test_whatever_stands_in_a_field_both_take_it_or_neither: {
        "a loss that ends anywhere": reads(sequence, "lives", lives, " and record.last == record.seq", ""),
    },
    same.test_wherever_a_record_stands_both_take_it_or_neither: {
        "a life whatever was told": reads(sequence, "lives", lives, " and record.told_of == standing.life", ""),
        "a life by any record": reads(
            sequence,
            "lives",
            lives,
            'return ahead and record.kind == "rolled-back" and record.told_of == standing.life',
            "return ahead",
        ),
        "one life further ahead": reads(sequence, "lives", lives, "MOST_LIVES = 100", "MOST_LIVES = 101"),
    },
    facts.test_a_fact_beyond_its_bounds_is_not_written_and_not_taken: {
        "facts are not read before they are written": says(machine, "reading.read(text).kind", "m.kind_of(data)"),
        "facts by the rules of old": says(machine, "reading.read(text).kind", "reading.read(text, 0).kind"),
    },
    facts.test_a_fact_is_written_and_taken_under_a_service_that_may_sign_it_and_no_other: {
        "any service signs anything": says(
            machine,
            "if not rules.newest().may_sign(reading.read(text).kind, by, self._signer):",
            "if reading.read(text) is None:",
        ),
    },
    facts.test_a_fact_has_as_many_bytes_as_the_largest_and_no_more: {
        "facts of any size": reads(machine, "reading", reading, "else bounds.LARGEST_FACT)", "else 10**6)"),
    },
    facts.test_what_may_be_enrolled_is_named_alike_by_both: {
        "a node is named like a service": reads(node_checks, "naming", naming, "name in rules.SERVICES or ", ""),
    },
    facts.test_a_node_is_enrolled_with_keys_that_both_can_use: {
        "a node is enrolled with any record key": says(
            node_checks, "naming.signing_key(data.record_key, keys.CHECKS)", "pass"
        ),
        "a node is enrolled with any witness key": says(
            node_checks, "naming.witness_key(data.witness_key, keys.CHECKS)", "pass"
        ),
    },
    facts.test_a_key_of_checkpoints_is_one_that_both_can_use: {
        "keys of any suite": reads(
            node_checks,
            "naming",
            naming,
            "if key.kind not in suites or key.kind == checkpoint.COSIGNATURE:",
            "if False:",
        ),
        "checkpoints under any key": says(node_checks, "_signs_checkpoints(state, data.key)", "pass"),
    },
    facts.test_as_many_nodes_are_enrolled_as_the_verifier_reads: {
        "a witness's key signs records": reads(
            node_checks, "naming", naming, " or key.kind == checkpoint.COSIGNATURE", ""
        ),
        "more nodes than the verifier reads": reads(node_checks, "naming", naming, " or others >= MOST_NODES", ""),
    },
    facts.test_a_journal_is_opened_under_a_name_and_with_a_key_for_each_service: {
        "a journal of any origin": says(
            node_checks, "naming.check_origin(data.origin, {one.opens for one in state.all(NamedKey)})", "pass"
        ),
    },
    facts.test_an_origin_is_opened_once: {
        "an origin is not kept": says(node_fold, "data.checkpoint_key.strip(), data.origin", "data.checkpoint_key"),
        "a journal of an origin of before": reads(node_checks, "naming", naming, " or name in before", ""),
    },
    facts.test_a_key_of_checkpoints_is_named_once_whatever_names_it: {
        "the key of an opening is not kept": says(
            node_fold, "data.checkpoint_key.strip()", "data.checkpoint_key.strip()[:9]"
        ),
        "a key of checkpoints is not kept": says(node_fold, "state.put(NamedKey(data.key.strip()))", "pass"),
        "a key of checkpoints is kept as it was spelt": says(node_fold, "data.key.strip()", "data.key"),
        "checkpoints under a key of before": reads(node_checks, "naming", naming, "if str(key) in named:", "if False:"),
    },
    facts.test_as_many_keys_of_checkpoints_are_named_as_the_verifier_reads: {
        "more keys of checkpoints than the verifier reads": reads(
            node_checks, "naming", naming, "if len(named) >= MOST_CHECKPOINT_KEYS:", "if False:"
        ),
    },
    facts.test_a_journal_is_opened_with_keys_that_both_can_use: {
        "a journal under any key": says(node_checks, "_signs_checkpoints(state, data.checkpoint_key)", "pass"),
        "a journal with any services": says(node_checks, "naming.service_keys(data.services, keys.CHECKS)", "pass"),
    },
    facts.test_a_hub_names_the_rules_that_it_goes_by_and_no_others: {
        "by any rules": says(node_checks, "if number not in (rules.OF_OLD, rules.NEWEST):", "if False:"),
    },
}

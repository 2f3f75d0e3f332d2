"""Holes in what the verifier asks of an entry."""

from __future__ import annotations

from tests.hub.ledger import test_same_rules as same
from tests.hub.ledger import test_same_rules_for_facts as facts
from tests.hub.ledger.planting import Booked, Holes, reads, says
from wire import notes
from wire.audit import entries, keyring
from wire.audit import lives as audit_lives
from wire.book import forms, lives, naming, reading

IN_THE_VERIFIER: Holes = {
    same.test_a_record_has_as_many_bytes_as_the_largest_and_no_more: {
        "records of any size": says(entries, "len(note) > bounds.LARGEST_RECORD", "False"),
        "a record's last byte is too much": says(entries, "len(note) > bounds", "len(note) >= bounds"),
    },
    facts.test_a_fact_has_as_many_bytes_as_the_largest_and_no_more: {
        "a fact's size is a record's": reads(
            entries,
            "reading",
            reading,
            "bounds.LARGEST_RECORD if of_node else bounds.LARGEST_FACT",
            "bounds.LARGEST_RECORD",
        ),
    },
    facts.test_a_key_of_checkpoints_is_one_that_both_can_use: {
        "by the rules of old": says(entries, "reading.read(parts.text, in_force)", "reading.read(parts.text, 0)"),
        "by rules that come later": says(
            entries, "reading.read(parts.text, in_force)", "reading.read(parts.text, in_force + 1)"
        ),
        "the number of the rules is not kept": says(keyring, "self.rules = entry.rules\n", "pass\n"),
        "no entry names rules": reads(entries, "reading", reading, "_named(kind, data) or in_force", "in_force"),
        "no kind is known": reads(
            entries, "reading", reading, "known = fields is not None and number <= rules.NEWEST", "known = False"
        ),
        "keys of any suite, to the verifier": reads(
            keyring, "naming", naming, "if key.kind not in suites or key.kind == checkpoint.COSIGNATURE:", "if False:"
        ),
    },
    same.test_a_name_may_stand_once_wherever_it_stands: {
        "names may stand twice": reads(entries, "reading", reading, "strict.read(line)", "strict.read_loosely(line)"),
    },
    same.test_a_record_written_otherwise_is_read_alike_by_both: {
        "what is around a record is not read": reads(
            entries, "reading", reading, "    _raise(envelope.wrong(said))\n", ""
        ),
        "the verifier does not read where a loss begins": says(
            audit_lives, 'first=number(data.get("first"))', "first=0"
        ),
    },
    same.test_whatever_stands_in_a_field_both_take_it_or_neither: {
        "a person of number 0, in the book": Booked(entries, "granted", "person", forms.Whole(0, 10**9)),
        "a place may be left out, in the book": Booked(entries, "forced", "point", None),
        "a fault of fewer parts, in the book": Booked(entries, "fault", "part", forms.OneOf(("reader", "clock"))),
        "a hash of any text, in the book": Booked(entries, "rolled-back", "own_hash", forms.text()),
        "people inside end a million early, in the book": Booked(
            entries, "left", "inside", forms.Whole(0, 2**53 - 10**6)
        ),
        "a loss that ends anywhere, to the verifier": reads(
            audit_lives, "lives", lives, " and record.last == record.seq", ""
        ),
    },
    same.test_enrolled_anew_a_node_speaks_under_its_new_key_alone: {
        "the place of a record is not asked": says(audit_lives, "if why and entry.rules != rules.OF_OLD:", "if False:"),
        "gaps, to the verifier": reads(audit_lives, "lives", lives, "if record.seq != standing.seq + 1:", "if False:"),
    },
    same.test_after_a_loss_both_go_on_from_the_same_record: {
        "after a loss the verifier keeps the statement's hash": says(
            audit_lives, 'own_hash = text_hash(entry.data.get("last_hash"))', "pass"
        ),
    },
    facts.test_a_node_is_enrolled_for_its_next_life_by_both_or_by_neither: {
        "the verifier keeps the hash before": says(
            audit_lives,
            "lives.Standing(record.life, record.seq, own_hash)",
            "lives.Standing(record.life, record.seq, record.prev)",
        ),
        "enrolled anew, the numbers go on": says(
            audit_lives, "lives.Standing(life), False, False", "lives.Standing(life, self.standing.seq), False, False"
        ),
        "nothing is asked of an enrolment": says(
            audit_lives,
            "        if why:\n            raise ValueError",
            "        if False:\n            raise ValueError",
        ),
        "an enrolment that leaves out lives": reads(
            audit_lives, "lives", lives, "if life != standing.life + 1:", "if life <= standing.life:"
        ),
    },
    facts.test_what_a_node_is_accused_of_by_the_hub_the_verifier_believes_and_nothing_else: {
        "the verifier keeps no hash": says(
            audit_lives,
            "lives.Standing(record.life, record.seq, own_hash)",
            'lives.Standing(record.life, record.seq, "")',
        ),
        "the verifier does not compare the hash before": reads(
            audit_lives, "lives", lives, "if standing.hash and record.prev != standing.hash:", "if False:"
        ),
        "an accusation over any life": says(keyring, ' or entries.number(data.get("life")) != node.standing.life', ""),
        "an accusation beside any other entry": says(
            keyring,
            'if same or (first.body.get("node"), first.body.get("life"), first.body.get("seq")) != numbers:',
            "if same:",
        ),
        "an accusation over nothing": says(
            keyring, "entry.rules != rules.OF_OLD and not node.contradicted_by(other)", "False"
        ),
        "an accusation over a number that is not due, to the verifier": says(
            audit_lives, "return due and numbered", "return numbered"
        ),
        "an accusation over a loss": says(audit_lives, 'numbered.kind != "cannot-fill" and ', ""),
        "an accusation over what fits": says(audit_lives, " and bool(lives.why_not_next(self.standing, numbered))", ""),
        "no accusation is true": says(keyring, 'if data.get("kept") == -1:', "if False:"),
    },
    same.test_after_a_life_that_a_node_has_opened_both_go_on_in_it: {
        "the verifier stays in the life before": says(
            audit_lives,
            "lives.Standing(record.life, record.seq, own_hash)",
            "lives.Standing(self.standing.life, record.seq, own_hash)",
        ),
        "the verifier does not read which life was told": says(
            audit_lives, 'told_of=number(data.get("hub_life"))', "told_of=0"
        ),
        "the verifier reads the number for the life": says(
            audit_lives, 'told_of=number(data.get("hub_life"))', 'told_of=number(data.get("hub_seq"))'
        ),
        "one life fewer ahead": reads(audit_lives, "lives", lives, "MOST_LIVES = 100", "MOST_LIVES = 99"),
    },
    same.test_a_node_that_is_revoked_says_nothing_until_it_is_enrolled_anew: {
        "enrolled anew, and revoked still": says(
            audit_lives, "lives.Standing(life), False, False", "lives.Standing(life), self.revoked, False"
        ),
        "a revocation is not kept": says(keyring, "if name in self.nodes:  #", "if False:  #"),
        "a revocation is not asked for": says(keyring, "if node is None or not node.active:", "if node is None:"),
    },
    same.test_a_key_that_was_replaced_meanwhile_counts_no_more: {
        "enrolled anew, under the old key": says(
            audit_lives, "= record, witness\n", "= self.record_key or record, witness\n"
        ),
    },
    same.test_a_record_bears_one_signature: {
        "one signature or more": says(entries, "if len(parts.signatures) != 1:", "if not parts.signatures:"),
    },
    same.test_a_node_speaks_for_itself: {
        "anybody's signature, to the verifier": says(
            entries, "if not notes.signers(parts, (key,), suites):", "if False:"
        ),
        "no signature is checked": says(keyring, "entries.check_signer(entry.parts, key, self.suites)", "pass"),
        "a signature of any content": reads(
            entries,
            "notes",
            notes,
            "if check is None or not check(key.public, note.text, signature.data):",
            "if False:",
        ),
        "facts by the engine only": says(keyring, "kind, entry.author, signer)", 'kind, "engine", signer)'),
        "facts under one key": says(keyring, "key = self.services.get(signer)", 'key = self.services.get("engine")'),
    },
    same.test_a_record_is_of_this_site: {
        "entries of any site": says(keyring, 'if entry.body["site"] != self.site:', "if False:"),
    },
    facts.test_a_fact_is_written_and_taken_under_a_service_that_may_sign_it_and_no_other: {
        "facts by any service": says(
            keyring, "if not rules.newest().may_sign(entry.kind, entry.author, signer):", "if False:"
        ),
    },
    facts.test_nobody_is_accused_of_what_somebody_else_has_signed: {
        "an accusation that nobody signed": says(
            keyring, "entries.check_signer(other.parts, node.record_key, self.suites)", "pass"
        ),
    },
    facts.test_nobody_is_accused_of_saying_the_same_again_or_of_another_number: {
        "an accusation of any number": says(
            keyring,
            'if (other.body.get("node"), other.body.get("life"), other.body.get("seq")) != numbers:',
            "if False:",
        ),
        "an accusation over one and the same record": says(keyring, "if same or (", "if ("),
    },
    facts.test_nobody_is_accused_by_what_no_hub_would_open: {
        "an accusation by what no rules let in": says(
            keyring,
            'entries.text(data.get("other")).encode(), entry.rules)',
            'entries.text(data.get("other")).encode(), 0)',
        ),
    },
    facts.test_what_may_be_enrolled_is_named_alike_by_both: {
        "nodes of any name": reads(keyring, "naming", naming, "name in rules.SERVICES or ", ""),
        "fewer nodes than the hub enrols": reads(keyring, "naming", naming, "MOST_NODES = 10_000", "MOST_NODES = 2"),
    },
    facts.test_a_key_of_checkpoints_is_named_once_whatever_names_it: {
        "no key of checkpoints is kept": says(keyring, "self._named.add(str(key))", "pass"),
    },
    facts.test_an_origin_is_opened_once: {
        "no origin is kept": says(keyring, "[self.origin, *(former for _, former, _ in self.former)]", "()"),
    },
    facts.test_as_many_nodes_are_enrolled_as_the_verifier_reads: {
        "fewer keys of checkpoints than the hub names": reads(
            keyring, "naming", naming, "MOST_CHECKPOINT_KEYS = 20_000", "MOST_CHECKPOINT_KEYS = 2"
        ),
        "services of any name": reads(
            keyring, "naming", naming, "if set(named) not in (set(rules.SIGN), set(rules.SERVICES)):", "if False:"
        ),
    },
}

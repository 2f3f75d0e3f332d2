"""The page of short messages and the card say what the hub sends and understands, and the card is one sheet."""

from hub.core.calling import answers
from hub.notify.channels import letters
from tests.docs import sms_reference

RUN = "run: .venv/bin/python -m tests.docs.sms_reference --write"


def test_the_page_of_short_messages_is_what_the_code_makes_of_it() -> None:
    assert sms_reference.PAGE.read_text("utf-8") == sms_reference.render(), RUN


def test_the_card_is_what_the_code_makes_of_it() -> None:
    assert sms_reference.CARD.read_text("utf-8") == sms_reference.card(), RUN


def test_the_card_is_one_sheet_of_a4() -> None:
    from weasyprint import HTML  # takes a second, which every worker would wait for

    document = HTML(str(sms_reference.CARD)).render()
    assert len(document.pages) == 1
    assert [round(side) for side in (document.pages[0].width, document.pages[0].height)] == [794, 1123]  # at 96 dpi


def test_the_card_has_every_code() -> None:
    card = sms_reference.CARD.read_text("utf-8")
    assert all(f">{code}<" in card for code in {*letters.CODES.values(), letters.TROUBLE})


def test_every_answer_on_the_card_is_understood() -> None:
    assert all(answers.understood(one) == 0 for one in answers.YES)
    assert answers.understood("12") == answers.understood("12号") == 12

"""A question to the company before deciding, and its answer; the words go to the vault, unnamed."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

import msgspec

from domain import questioning
from domain.ids import NIL, CandidateId, CompanyId, IntroductionId, UserId, VaultRef
from domain.introduction import Introduction
from domain.refusal import Refused
from marketplace.commands.candidate import contact, lives_as, profile
from marketplace.commands.introduction import about
from marketplace.commands.office import Office, mail, once
from marketplace.messages.outbox import Message, To
from marketplace.store.log import Appended, Command
from marketplace.vault.companion import companions
from marketplace.vault.disclosure import received
from marketplace.vault.records import AnswerRecord, QuestionRecord, open_many

_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+|https?://|www\.", re.IGNORECASE)
_PHONE = re.compile(r"(?:\d[\s().-]*){9,}\d")
_SHORTEST_NAME = 2


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A question with its answer, if there is one."""

    number: int
    text: str
    answer: str | None


@once
def ask(office: Office, command: Command, /, *, introduction: IntroductionId, by: CandidateId, text: str) -> Appended:
    """The person asks the company something and stays unnamed: what names or reaches them is refused, with what it was."""
    loaded = office.introduction(introduction)
    if loaded.state.candidate != by or loaded.state.seen is None: raise Refused("introduction-unknown")
    check_unnamed(office, by, text)
    person = office.candidate(by)
    if person.state.erasing: raise Refused("candidate-erased")
    sealed = office.vault.sealer.seal(received(introduction), QuestionRecord(text=text), person=by)
    event = questioning.ask(loaded.state, by=by, ref=sealed.ref, at=command.now)
    told = Message(template="question-asked", to=To.COMPANY, recipient=loaded.state.hiring, about=about(introduction))
    # With the person's version: what is written while they are being erased would outlive its key.
    return office.log.append(
        command,
        {introduction: (loaded.version, [event]), by: (person.version, [])},
        also=companions(sealed.row, *mail(command, told)),
    )


@once
def answer(
    office: Office,
    command: Command,
    /,
    *,
    introduction: IntroductionId,
    hiring: CompanyId,
    by: UserId,
    question: int,
    text: str,
) -> Appended:
    """The company answers; the person is told if the ask still waits for them."""
    loaded = office.introduction(introduction)
    if loaded.state.hiring != hiring: raise Refused("introduction-unknown")
    person = office.candidate(loaded.state.candidate)
    if person.state.erasing: raise Refused("question-too-late")
    sealed = office.vault.sealer.seal(received(introduction), AnswerRecord(text=text), person=loaded.state.candidate)
    event = questioning.answer(loaded.state, question=question, by=by, ref=sealed.ref, at=command.now)
    told = Message(
        template="question-answered", to=To.CANDIDATE, recipient=loaded.state.candidate, about=about(introduction)
    )
    return office.log.append(
        command,
        {introduction: (loaded.version, [event]), loaded.state.candidate: (person.version, [])},
        also=companions(sealed.row, *mail(command, told)),
    )


def may_ask(ask: Introduction, now: datetime) -> bool:
    """Can the person ask something now?"""
    try:
        questioning.ask(ask, by=ask.candidate, ref=VaultRef(NIL), at=now)
    except Refused:
        return False
    return True


def check_unnamed(office: Office, who: CandidateId, text: str) -> None:
    """The company must not learn from a question who asks.

    Refuses `question-holds-address`, `question-holds-phone`, `question-holds-name`, `question-holds-employer`; what was
    found is said by its kind and never repeated: a refusal holds no personal data.
    """
    plain = unicodedata.normalize("NFKC", text)
    if _ADDRESS.search(plain): raise Refused("question-holds-address")
    if _PHONE.search(plain): raise Refused("question-holds-phone")
    reach, words = contact(office, who), profile(office, who)
    if _mentions(plain, reach.name, *reach.name.split(), reach.kana, *reach.kana.split()):
        raise Refused("question-holds-name")
    if words and _mentions(plain, words.employer): raise Refused("question-holds-employer")


def _mentions(plain: str, *several: str) -> bool:
    text = _bare(plain)
    return any(len(bare) >= _SHORTEST_NAME and bare in text for bare in map(_bare, several))


def _bare(text: str) -> str:
    """Without spaces and case, so that a name is found however it is set."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold()


def own_questions(office: Office, ask: Introduction, by: CandidateId) -> list[Asked]:
    """The person's own questions and what was answered."""
    if not ask.questions or lives_as(office, ask.candidate) != by: return []
    subject = received(ask.introduction)
    with office.database.transaction() as connection:
        wanted = [(subject, each.ref) for each in ask.questions]
        texts = open_many(office.vault.keyring, connection, wanted, QuestionRecord)
    answers = answers_of(office, ask)
    return [
        Asked(number=each.number, text=texts[each.ref].text, answer=answers.get(each.number))
        for each in ask.questions
        if each.ref in texts
    ]


def answers_of(office: Office, ask: Introduction) -> dict[int, str]:
    """What the company answered, by the question's number; its own words."""
    refs = {each.number: each.answer_ref for each in ask.questions if each.answer_ref is not None}
    subject = received(ask.introduction)
    with office.database.transaction() as connection:
        wanted = [(subject, ref) for ref in refs.values()]
        found = open_many(office.vault.keyring, connection, wanted, AnswerRecord)
    return {number: found[ref].text for number, ref in refs.items() if ref in found}

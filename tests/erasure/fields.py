"""Every field in which a text about a person could stand, and what the canary drive does with it."""

from __future__ import annotations

import importlib
import pkgutil
import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec

import api.pages
import api.v1
from api.text_types import Body
from marketplace.vault import records
from marketplace.vault.envelope import Record

_TEXT = (str, bytes)


def text_fields(kind: type[msgspec.Struct]) -> Iterator[str]:
    """The fields of a struct in which a free text can stand, by name; of nested structs by their own."""
    for name, said in get_type_hints(kind, include_extras=True).items():
        if name in kind.__struct_fields__ and any(each in _TEXT for each in _innermost(said)):
            yield f"{kind.__name__}.{name}"


def nested(kind: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    """The struct and every struct within it."""
    yield kind
    for said in get_type_hints(kind).values():
        for each in _innermost(said):
            if isinstance(each, type) and issubclass(each, msgspec.Struct):
                yield from nested(each)


def _innermost(said: Any) -> Iterator[Any]:
    if get_origin(said) is Annotated:
        meta = get_args(said)
        coded = any(isinstance(each, msgspec.Meta) and each.pattern is not None and _is_code(each.pattern) for each in meta[1:])
        yield from () if coded else _innermost(meta[0])
    elif get_origin(said) in {Union, types.UnionType} or get_args(said):
        for part in get_args(said):
            yield from _innermost(part)
    else:
        yield getattr(said, "__supertype__", said)


def _is_code(pattern: str) -> bool:
    """Patterns that allow lower-case words and hyphens, digits, or the letters of a token: nobody's name."""
    return pattern.startswith(("^[a-z0-9]", "^([a-z0-9]", "^[0-9]{", "^v[0-9]", "^[A-Za-z0-9_-]+"))


def vault_fields() -> set[str]:
    """Of every kind of record in the vault."""
    kinds = {kind for kind in vars(records).values() if isinstance(kind, type) and issubclass(kind, Record)} - {Record}
    return {field for kind in kinds for each in nested(kind) for field in text_fields(each)}


def body_fields() -> set[str]:
    """Of every body and every form that the door reads."""
    for package in (api.v1, api.pages):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    waiting, found = [Body], set[type[msgspec.Struct]]()
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        found.add(kind)
    return {field for kind in found if kind.__module__.startswith("api.") for each in nested(kind) for field in text_fields(each)}


DRIVEN_IN_THE_VAULT = frozenset(
    """
    AskNote.text GlassWords.text
    ApplicantRecord.emails ApplicantRecord.job_title ApplicantRecord.kana ApplicantRecord.name ApplicantRecord.phone
    ApplicantRecord.record_id Component.label ContactRecord.email ContactRecord.kana ContactRecord.name ContactRecord.phone
    EvaluationRecord.comments Evidence.text MailRecord.html MailRecord.text MailRecord.to PasskeyName.name LineRecord.account
    ProfileRecord.career
    ProfileRecord.employer ProfileRecord.headline ProfileRecord.links ProvisionParties.principal_name ReceivedCopy.career
    ReceivedCopy.email ReceivedCopy.employer ReceivedCopy.headline ReceivedCopy.kana ReceivedCopy.links ReceivedCopy.name
    QuestionRecord.text ReceivedCopy.phone ReceivedCopy.recommendation Recommendation.text SeekerRecord.address SeekerRecord.name
    """.split()
)
"""Where the drive really leaves a token or the telephone number; measured after it."""
GONE_BEFORE = frozenset({"SetAsideRow.cells", "UploadedFile.data", "UploadedFile.filename"})
"""Driven too, and gone as soon as the file is read, or its row is settled."""
NEVER_FILLED = frozenset(
    """
    ApplicantRecord.employer ApplicantRecord.links ApplicantRecord.reason_words EvaluationRecord.evaluated_by
    Representative.title
    """.split()
)
"""Fields that nothing fills: whoever begins to has to drive them."""
NOT_OF_THE_PERSON = frozenset(
    """
    AnswerRecord.text InterviewPlace.text
    AddressChange.new AddressChange.old ErasureCertificate.jws MailRecord.subject MemberRecord.email MemberRecord.name
    Party.address Party.name
    Party.representative ProvisionParties.acquisition ProvisionParties.items Representative.name SetAsideRow.held_back
    """.split()
)
"""Companies and their people, codes, the names of items, a subject line that names nobody, a certificate."""
DRIVEN_BODIES = frozenset(
    """
    AskFor.why GlassForm.words
    AskForLink.email Asked.email Begun.email Completed.name Mended.cells NewPasskey.name PasskeyNamed.name PriorContact.evidence
    QuestionForm.question Recommended.text Salary.label Saved.career
    Saved.employer Saved.headline Saved.links SeekerRecord.address SeekerRecord.name
    """.split()
)
"""What the drive sends a token in; measured as it sends."""
SAME_AS_FORMS = {
    **{f"ProfileForm.{name}": f"Saved.{name}" for name in ("career", "employer", "headline", "links")},
    **{f"ProofForm.{name}": "PriorContact.evidence" for name in ("evidence", "reference")},
    "AskForm.why": "AskFor.why",
    "MailboxForm.email": "AskForLink.email",
    "PasskeyForm.name": "NewPasskey.name",
    "RowForm.cells": "Mended.cells",
    "PasskeyNameForm.name": "PasskeyNamed.name",
    "RegisterForm.name": "Completed.name",
}
"""A page's form, and the body that the same command is sent as over the API."""
OF_COMPANIES = frozenset(
    """
    Filters.account Filters.kind Filters.period GroupForm.numbers KeyForm.label Proposal.email
    Proposal.evidence Proposal.name ReadingForm.q ReadingForm.reason RebuildForm.name
    SearchForm.language SearchForm.name SearchForm.occupation SearchForm.prefecture SearchForm.q SearchForm.reached
    SearchForm.salary_band SearchForm.seniority SearchForm.skill
    AddressForm.email AskForProof.back NewAddress.email PasskeyProofForm.back
    Admitted.address Admitted.name Admitted.name_en Admitted.representative ChosenLanguage.back Joined.email Joined.name
    AnswerForm.answer TimesForm.place Licensed.number NewKey.label Opinion.opinion Registered.t_number UploadForm.notice_version
    """.split()
)
"""What companies say of themselves and their own people, what they look for, a page to go back to, the version of a notice."""
OF_DEVICES = frozenset(
    """
    NewPasskey.credential PasskeyForm.credential PasskeyProofForm.credential PasskeySignInForm.credential
    ProveByPasskey.credential ReturnForm.code ReturnForm.state SignInByPasskey.credential SignInForm.asked
    """.split()
)
"""What an authenticator or LINE says, keys, codes and signatures; read at the door and not kept as it came."""
PUBLIC_STRUCTS = ("JobConditions.", "JobForm.", "StatedForm.", "ChangeForm.")
"""A job's conditions are public."""

"""How an application ended, from the words an export uses. Where they disagree, what invites nobody wins."""

from __future__ import annotations

import re

from domain.applicant import Outcome
from marketplace.importing.values import plain

# In this order: 内定辞退 is a withdrawal though it names an offer, 不採用 a rejection though it holds 採用.
_WORDS = (
    (
        Outcome.WITHDRAWN,
        re.compile(r"辞退|取り?下げ|キャンセル|withdr[ae]w|declined|they rejected us|rejectedbycandidate"),
    ),
    (
        Outcome.REJECTED,
        re.compile(
            r"不合格|不採用|見送り|不通過|お祈り"
            r"|(?<!not )\brejected\b|we rejected them|rejectedbyorg|not selected|unsuccessful"
        ),
    ),
    (
        Outcome.HIRED,
        re.compile(r"入社|採用決定|採用済|^採用$|内定承諾|内定受諾|承諾済|\bhired\b|offer accepted"),
    ),
    (
        Outcome.ACTIVE,
        re.compile(
            r"選考中|進行中|対応中|調整中|予定|待ち|保留|検討中|応募受付|新規|合格|通過|内定|書類選考$|面接$"
            r"|\bactive\b|in progress|in process|pending|on hold|scheduled|offer|screening"
        ),
    ),
)


def outcome_of(status: str, *, withdrawn: bool, hired: bool, rejected: bool) -> Outcome:
    """The outcome of a row; the flags say that a column of that kind (a date, a reason) is filled."""
    word = plain(status).casefold()
    named = next((outcome for outcome, pattern in _WORDS if pattern.search(word)), None) if word else None
    if hired or named is Outcome.HIRED:
        return Outcome.WITHDRAWN if named is Outcome.WITHDRAWN else Outcome.HIRED
    if withdrawn or named is Outcome.WITHDRAWN:
        return Outcome.WITHDRAWN
    if named is not None:
        return named
    return Outcome.REJECTED if rejected and not word else Outcome.UNKNOWN

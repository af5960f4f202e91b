"""Why a source may keep a record, from an export's words: notice at application, or the person's consent (APPI)."""

from __future__ import annotations

from typing import Final

from domain.applicant import RetentionBasis
from marketplace.importing.values import plain

_CONSENTED: Final = frozenset(
    {
        *("同意", "同意あり", "同意済", "同意済み", "本人同意", "あり", "有", "○", "〇"),
        *("explicit-consent", "explicit_consent", "consent", "consented", "yes"),
    }
)
_NOTIFIED: Final = frozenset(
    {
        *("通知", "応募時通知", "応募時の通知", "利用目的の通知"),
        *("application-notice", "application_notice", "notice"),
    }
)
_NEITHER: Final = frozenset({"なし", "無", "同意なし", "不同意", "×", "no", "none", "いいえ"})


def basis_of(text: str) -> tuple[RetentionBasis | None, bool]:
    """The basis named, and whether the word was understood; a word not understood is no basis."""
    word = plain(text).casefold()
    if word in _CONSENTED:
        return RetentionBasis.EXPLICIT_CONSENT, True
    if word in _NOTIFIED:
        return RetentionBasis.APPLICATION_NOTICE, True
    return None, word in _NEITHER

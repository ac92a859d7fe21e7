"""Words that the vault keeps for why something waits or failed, and their sentences."""

from typing import Final

from securemsg.client.problems import NotTrusted, Refused, RelayProblem, sentence_of
from securemsg.errors import RemoteError
from securemsg.handshake.errors import OwnDevice, StaleManifest
from securemsg.identity.trust import DeviceListRollback
from securemsg.mailbox.error_codes import ErrorCode

HELD: Final = "Held until you decide about this contact's new identity (verify, or go on without)."
"""Of a message to a contact who is Changed (Spec: ID-11)."""

BLOCKED: Final = "blocked"
"""Of a message that waited when its contact was blocked (Spec: CL-31)."""

_PREKEYS: Final = "prekeys"
_STALE: Final = "stale"
_OLD_LIST: Final = "old_list"
_OWN: Final = "own"
_UNREACHABLE: Final = "unreachable"
_NOT_TRUSTED: Final = "not_trusted"

_SENTENCES: Final = {
    BLOCKED: "You blocked this contact: it was not sent.",
    _PREKEYS: "The relay returned keys that this contact did not sign: they were refused; it is tried again.",
    _STALE: (
        "The relay returned keys of this contact that are too old: it is tried again;"
        " ask them to start their client."
    ),
    _OLD_LIST: (
        "The relay returned an old certificate of this contact, or one that contradicts the one seen:"
        " it was refused; it is tried again."
    ),
    _OWN: "This address leads back to this device: ask the contact for a new link.",
    _NOT_TRUSTED: (
        "What answers at the contact's relay is not that relay: nothing is sent there;"
        " ask the contact for a new link."
    ),
    _UNREACHABLE: "The contact's relay cannot be reached: it is tried again.",
}

_WORDS: Final = (
    (NotTrusted, _NOT_TRUSTED),
    (RelayProblem, _UNREACHABLE),
    (StaleManifest, _STALE),
    (DeviceListRollback, _OLD_LIST),
    (OwnDevice, _OWN),
)

FINAL: Final = frozenset({ErrorCode.REFUSED, ErrorCode.TOO_LARGE})
"""Answers after which trying again cannot help (Spec: CL-6)."""


def word_of(error: RemoteError) -> str:
    """Return the word under which the vault keeps why an entry could not leave."""
    if isinstance(error, Refused):
        return error.code.name.lower()
    words = (word for kind, word in _WORDS if isinstance(error, kind))
    return next(words, _PREKEYS)


def sentence(word: str) -> str:
    """Return the sentence for a word, empty for none."""
    if not word:
        return ""
    by_code = {code.name.lower(): code for code in ErrorCode}
    return sentence_of(by_code[word]) if word in by_code else _SENTENCES.get(word, "It is tried again.")

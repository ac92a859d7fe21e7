"""Which published file goes through which door, and which of its cases we decide otherwise, and why.

`python -m tests.crypto.wycheproof` prints the table.
"""

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.crypto import wycheproof_doors as doors
from tests.crypto.wycheproof_doors import Verdict
from tests.support.vectors import Case, wycheproof


@dataclass(frozen=True, slots=True)
class Deviation:
    """So many cases that we refuse on purpose, whatever their publisher says of them."""

    cases: int
    concerns: Callable[[Case], bool]
    reason: str


@dataclass(frozen=True, slots=True)
class Column:
    """All cases of one file before one door."""

    file: str
    door: str
    cases: int
    judge: Callable[[Case], Verdict]
    deviations: tuple[Deviation, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """Of one column: cases decided as published, cases per deviation, and numbers of those unexplained."""

    passed: int
    deviating: tuple[int, ...]
    unexplained: tuple[int, ...]


NOT_EXPOSED = {
    "chacha20_poly1305_test": "PR-14 takes 24-byte nonces, from which libsodium derives a key that no"
    " caller chooses; the whole is judged by xchacha20_poly1305_test.",
}
"""Published files that concern no primitive of ours, with the reason."""


def _has(*flags: str) -> Callable[[Case], bool]:
    return lambda case: not case.flags.isdisjoint(flags)


GCM = (
    Deviation(211, lambda case: case.group["keySize"] != 256, "PR-12: AES-256 only (LocalError)"),
    Deviation(
        39,
        lambda case: case.group["keySize"] == 256 and case.group["ivSize"] != 96,
        "PR-12: 12-byte nonces only; others hash the nonce or are unsafe",
    ),
)

X25519 = (
    Deviation(
        31,
        _has("ZeroSharedSecret"),
        "PR-6: low order, reduced or not; RFC 7748 leaves the check of the result to the caller",
    ),
    Deviation(
        13,
        lambda case: "NonCanonicalPublic" in case.flags and "ZeroSharedSecret" not in case.flags,
        "PR-6: not canonical, though RFC 7748 reduces it: one point, one encoding",
    ),
)

HPKE_X25519 = (
    Deviation(31, _has("ZeroSharedSecret"), "PR-13: an all-zero agreement; a share need not be canonical"),
)

TABLE = (
    Column("aes_gcm_test", "aead.Gcm", 316, doors.gcm, GCM),
    Column("ed25519_test", "ed25519.PublicKey", 151, doors.ed25519_verify),
    Column("hkdf_sha256_test", "hpke.SealingKey", 86, doors.hkdf_sha256),
    Column("hkdf_sha512_test", "kdf.kdf", 83, doors.hkdf_sha512),
    Column("hmac_sha256_test", "hpke.SealingKey", 174, doors.hmac_sha256),
    Column("hmac_sha512_test", "kdf.kdf", 174, doors.hmac_sha512),
    Column("mldsa_65_verify_test", "mldsa.PublicKey", 210, doors.mldsa_verify),
    Column("mlkem_1024_encaps_test", "kem.EncapsulationKey", 269, doors.kem_encapsulate),
    Column("mlkem_1024_keygen_seed_test", "kem.DecapsulationKey", 100, doors.kem_keygen),
    Column("mlkem_1024_test", "kem.DecapsulationKey", 193, doors.kem_decapsulate),
    Column("mlkem_768_test", "hpke.SealingKey", 193, doors.hpke_mlkem768),
    Column("x25519_test", "x25519", 518, doors.x25519_agree, X25519),
    Column("x25519_test", "hpke.SealingKey", 518, doors.hpke_x25519, HPKE_X25519),
    Column("xchacha20_poly1305_test", "aead.xchacha_open", 315, doors.xchacha),
)
"""Every published file that concerns a primitive of ours."""


def tally(column: Column, cases: Iterable[Case]) -> Tally:
    """Count what the column's door does with `cases`.

    "Acceptable" cases pass where our door takes them and the published result comes out.
    """
    passed, deviating, unexplained = 0, [0] * len(column.deviations), []
    for case in cases:
        verdict = column.judge(case)
        reasons = [at for at, deviation in enumerate(column.deviations) if deviation.concerns(case)]
        if len(reasons) == 1 and verdict is Verdict.REFUSED:
            deviating[reasons[0]] += 1
        elif not reasons and verdict is (Verdict.REFUSED if case.invalid else Verdict.EQUAL):
            passed += 1
        else:
            unexplained.append(case.number)
    return Tally(passed, tuple(deviating), tuple(unexplained))


def main() -> None:
    """Print file, door, cases, passed, and each deviation below."""
    for column in TABLE:
        counts = tally(column, wycheproof(column.file))
        sys.stdout.write(f"{column.file:28} {column.door:21} {column.cases:4} {counts.passed:4}\n")
        for deviation, count in zip(column.deviations, counts.deviating, strict=True):
            sys.stdout.write(f"{'':51}{count:4}  {deviation.reason}\n")
        if counts.unexplained:
            sys.stdout.write(f"{'':51}{len(counts.unexplained):4}  UNEXPLAINED {counts.unexplained}\n")
    for name, reason in NOT_EXPOSED.items():
        sys.stdout.write(f"{name:28} not exposed: {reason}\n")


if __name__ == "__main__":
    main()

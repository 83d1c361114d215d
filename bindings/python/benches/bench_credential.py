"""Verify credentials, beside joserfc and PyPI sd-jwt: `make bench`.

The others check the signature and give the claims. Ours also checks the rules of VCDM 2.0, the
times, and that the key is the issuer's.
"""

import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from batterypass import SigningKey, disclose, sign, verify
from joserfc import jws
from joserfc.jwk import ECKey
from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier

SCHEMAS = Path(__file__).parents[3] / "schemas"
PASSPORT: dict[str, Any] = json.loads((SCHEMAS / "examples/lmt-ebike.json").read_bytes())
KEY = SigningKey.generate()
SUBJECT = {"id": PASSPORT["digitalProductPassportId"], "type": "BatteryPassport", **PASSPORT}
CREDENTIAL = {"type": "BatteryPassportCredential", "credentialSubject": SUBJECT}
AT = "2027-02-18T00:00:00Z"

TOKEN = sign(CREDENTIAL, KEY)
ISSUED = sign(CREDENTIAL, KEY, securing="vc+sd-jwt")
SHOWN = disclose(ISSUED, audience="legitimate_interest")
PUBLIC, JWCRYPTO = ECKey.import_key(KEY.public_key.to_jwk()), JWK(**KEY.public_key.to_jwk())


def batterypass_vc_jwt() -> None:
    """Verify a passport as `vc+jwt`."""
    assert verify(TOKEN, at=AT).ok


def batterypass_vc_jwt_claims() -> None:
    """Verify it, and read the claims."""
    assert verify(TOKEN, at=AT).claims


def joserfc_vc_jwt() -> None:
    """Verify the signature of the same token, and read its payload."""
    assert json.loads(jws.deserialize_compact(TOKEN, PUBLIC, algorithms=["ES256"]).payload or b"")


def batterypass_sd_jwt() -> None:
    """Verify what a recycler sees of a passport as `vc+sd-jwt`."""
    assert verify(SHOWN, at=AT).ok


def batterypass_sd_jwt_claims() -> None:
    """Verify it, and read the claims."""
    assert verify(SHOWN, at=AT).claims


def sd_jwt_sd_jwt() -> None:
    """Verify the signature of the same token, and put its disclosures in place."""
    assert SDJWTVerifier(SHOWN, lambda *_: JWCRYPTO).get_verified_payload()  # type: ignore[arg-type, no-untyped-call, return-value]


def batterypass_disclose() -> None:
    """Cut a passport down to what the public sees."""
    disclose(ISSUED, audience="public")


@pytest.mark.benchmark(group="credential")
@pytest.mark.parametrize(
    "work",
    [
        batterypass_vc_jwt,
        batterypass_vc_jwt_claims,
        joserfc_vc_jwt,
        batterypass_sd_jwt,
        batterypass_sd_jwt_claims,
        sd_jwt_sd_jwt,
        batterypass_disclose,
    ],
    ids=lambda work: work.__name__,
)
def bench_credential(benchmark: Any, work: Callable[[], None]) -> None:
    """Each by itself."""
    benchmark(work)


# The floors are below what was measured, and not the goals, which are 3 and 5: under them
# something got slower.
@pytest.mark.parametrize(
    ("ours", "theirs", "floor"),
    [
        (batterypass_vc_jwt, joserfc_vc_jwt, 1.9),
        (batterypass_vc_jwt_claims, joserfc_vc_jwt, 1.3),
        (batterypass_sd_jwt, sd_jwt_sd_jwt, 4.5),
        (batterypass_sd_jwt_claims, sd_jwt_sd_jwt, 3.3),
    ],
    ids=["vc+jwt", "vc+jwt-claims", "vc+sd-jwt", "vc+sd-jwt-claims"],
)
def bench_ratio(ours: Callable[[], None], theirs: Callable[[], None], floor: float) -> None:
    """Both in turns, so that whatever else the machine does is shared."""
    rounds: dict[Callable[[], None], list[float]] = {ours: [], theirs: []}
    for _ in range(40):
        for work, seconds in rounds.items():
            start = time.thread_time()
            for _ in range(50):
                work()
            seconds.append((time.thread_time() - start) / 50)
    own, other = (statistics.median(seconds) for seconds in rounds.values())
    ratio = other / own
    names = (f"{ours.__name__} | {1 / own:,.0f}", f"{theirs.__name__} | {1 / other:,.0f}")
    print(f"\n| {' | '.join(names)} | x{ratio:.2f} |")  # noqa: T201
    assert ratio > floor

"""`vc+sd-jwt` with PyPI sd-jwt and npm @sd-jwt/core: issued, shown in part, bound to a holder."""

from __future__ import annotations

import base64
import copy
import itertools
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import peers
import pytest
from batterypass import BatteryPassError, Passport, SigningKey, disclose, sign, verify
from interop_table import cell
from jwcrypto.jwk import JWK
from jwcrypto.jws import InvalidJWSSignature
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Object = dict[str, Any]
CLOUD, NONCE = "https://cloud.example", "n-0S6"
PART = {"id": "urn:uuid:1", "mass": 430.5}
AUDIENCES: list[Any] = ["public", "authority", "legitimate_interest"]


class Library(NamedTuple):
    """Issue with all of the subject hidden; present one of its members; verify to the claims."""

    name: str
    issue: Callable[[Object, Object, SigningKey, SigningKey], str]
    present: Callable[[str, SigningKey | None], str]
    verify: Callable[[str, SigningKey, SigningKey | None], Object]
    refusal: type[Exception]


def claims(key: SigningKey) -> Object:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": key.did,
        "credentialSubject": {"id": "urn:uuid:1", "mass": 430.5, "owner": "Prüfling €"},
    }


def header(key: SigningKey) -> Object:
    kid = f"{key.did}#{key.did.removeprefix('did:key:')}"
    return {"typ": "vc+sd-jwt", "cty": "vc", "kid": kid}


def python_issue(given: Object, head: Object, key: SigningKey, holder: SigningKey) -> str:
    subject = {
        name if name == "id" else SDObj(name): value
        for name, value in given["credentialSubject"].items()
    }
    made = SDJWTIssuer(
        {**given, "credentialSubject": subject},
        JWK(**key.to_jwk()),
        holder_key=JWK(**holder.public_key.to_jwk()),
        add_decoy_claims=True,
        extra_header_parameters=head,
    )
    return str(made.sd_jwt_issuance)


def python_present(token: str, holder: SigningKey | None) -> str:
    presenting: Any = SDJWTHolder(token)
    bound = (NONCE, CLOUD, JWK(**holder.to_jwk())) if holder else ()
    presenting.create_presentation({"credentialSubject": {"mass": True}}, *bound)
    return str(presenting.sd_jwt_presentation)


def python_verify(token: str, key: SigningKey, holder: SigningKey | None) -> Object:
    asked = (CLOUD, NONCE) if holder else (None, None)
    public = JWK(**key.public_key.to_jwk())
    verifier: Any = SDJWTVerifier
    return dict(verifier(token, lambda *_: public, *asked).get_verified_payload())


def node_issue(given: Object, head: Object, key: SigningKey, holder: SigningKey) -> str:
    hidden = [name for name in given["credentialSubject"] if name != "id"]
    token = peers.sd_jwt_js(
        "issue",
        payload={**given, "cnf": {"jwk": holder.public_key.to_jwk()}},
        frame={"credentialSubject": {"_sd": hidden, "_sd_decoy": 3}},
        header=head,
        jwk=key.to_jwk(),
    )
    return str(token)


def node_present(token: str, holder: SigningKey | None) -> str:
    frame = {"credentialSubject": {"mass": True}}
    bound = {}
    if holder:
        binding = {"iat": int(time.time()), "aud": CLOUD, "nonce": NONCE}
        bound = {"holder": holder.to_jwk(), "binding": binding}
    return str(peers.sd_jwt_js("present", token=token, frame=frame, **bound))


def node_verify(token: str, key: SigningKey, holder: SigningKey | None) -> Object:
    asked = {"holder": holder.public_key.to_jwk(), "nonce": NONCE} if holder else {}
    verified = peers.sd_jwt_js("verify", token=token, jwk=key.public_key.to_jwk(), **asked)
    if holder:
        assert verified["binding"]["aud"] == CLOUD
    payload: Object = verified["payload"]
    return payload


PYTHON = Library("PyPI sd-jwt", python_issue, python_present, python_verify, InvalidJWSSignature)
NODE = Library("npm @sd-jwt/core", node_issue, node_present, node_verify, peers.PeerError)


def each(direction: Any, form: str = "vc+sd-jwt") -> pytest.MarkDecorator:
    marked = [
        pytest.param(library, marks=cell(form, library.name, direction), id=library.name)
        for library in (PYTHON, NODE)
    ]
    return pytest.mark.parametrize("library", marked)


def b64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def tampered(token: str) -> str:
    """Change a word of what the issuer signed."""
    jwt, rest = token.split("~", 1)
    head, payload, signature = jwt.split(".")
    changed = b64(payload).replace(b"Verifiable", b"Variffable", 1)
    assert changed != b64(payload)
    text = base64.urlsafe_b64encode(changed).rstrip(b"=").decode()
    return f"{head}.{text}.{signature}~{rest}"


def codes(report: Any) -> set[str]:
    return {finding.code for finding in report.findings}


@each("ours")
def test_they_verify_what_we_disclose(library: Library, key: SigningKey) -> None:
    hidden = ["/credentialSubject/mass", "/credentialSubject/owner"]
    issued = sign(claims(key), key, securing="vc+sd-jwt", hide=hidden, decoys=True)
    assert library.verify(issued, key, None) == verify(issued).claims == claims(key)
    shown = disclose(issued, paths=hidden[:1])
    assert library.verify(shown, key, None)["credentialSubject"] == {
        "id": "urn:uuid:1",
        "mass": 430.5,
    }
    # What we issued, they can show in part as well.
    theirs = verify(library.present(issued, None))
    assert (theirs.ok, theirs.claims) == (True, verify(shown).claims)
    with pytest.raises(library.refusal):
        library.verify(tampered(shown), key, None)
    with pytest.raises(library.refusal):
        library.verify(shown, SigningKey.generate(), None)


@each("theirs")
def test_we_verify_what_they_disclose(library: Library, key: SigningKey) -> None:
    holder = SigningKey.generate()
    issued = library.issue(claims(key), header(key), key, holder)
    cnf = {"cnf": {"jwk": holder.public_key.to_jwk()}}
    report = verify(issued)
    assert (report.ok, report.findings) == (True, [])
    assert (report.securing, report.claims) == ("vc+sd-jwt", {**claims(key), **cnf})
    for shown in (
        library.present(issued, None),
        disclose(issued, paths=["/credentialSubject/mass"]),
    ):
        report = verify(shown)
        assert report.ok, report.findings
        assert report.claims["credentialSubject"] == PART
    assert "signature_invalid" in codes(verify(tampered(issued)))
    forged = library.issue(claims(key), header(key), SigningKey.generate(), holder)
    assert codes(verify(forged)) == {"signature_invalid"}


@each("ours", "kb+jwt")
def test_they_verify_our_key_binding(library: Library, key: SigningKey) -> None:
    holder = SigningKey.generate()
    hide = ["/credentialSubject/mass", "/credentialSubject/owner"]
    issued = sign(claims(key), key, securing="vc+sd-jwt", hide=hide, holder=holder.public_key)
    shown = disclose(issued, paths=hide[:1], holder_key=holder, nonce=NONCE, aud=CLOUD)
    found = library.verify(shown, key, holder)
    assert found["credentialSubject"] == PART
    # Bound to what was shown: nothing can be taken away.
    jwt, _, binding = shown.split("~")
    with pytest.raises((library.refusal, ValueError)):
        library.verify(f"{jwt}~{binding}", key, holder)


@each("theirs", "kb+jwt")
def test_we_verify_their_key_binding(library: Library, key: SigningKey) -> None:
    holder = SigningKey.generate()
    shown = library.present(library.issue(claims(key), header(key), key, holder), holder)
    report = verify(shown, domain=CLOUD, challenge=NONCE)
    assert (report.ok, report.findings) == (True, [])
    jwt, _, binding = shown.split("~")
    assert not verify(f"{jwt}~{binding}", domain=CLOUD, challenge=NONCE).ok
    assert not verify(shown, domain=CLOUD, challenge="other").ok
    assert not verify(shown, domain="https://other.example", challenge=NONCE).ok
    stranger = library.present(library.issue(claims(key), header(key), key, holder), key)
    assert not verify(stranger, domain=CLOUD, challenge=NONCE).ok


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """List every scalar with its path; without places in arrays, which close up."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from leaves(member, f"{path}/{name}")
    elif isinstance(value, list):
        for element in value:
            yield from leaves(element, f"{path}/*")
    else:
        yield path, value


def names(value: Any) -> set[str]:
    return {name for path, _ in leaves(value) for name in path.split("/")}


def shapes(document: Object) -> list[list[str]]:
    """Return the paths of what each audience sees of a passport."""
    passport = Passport.parse(document)
    return [sorted(path for path, _ in leaves(passport.view(one))) for one in AUDIENCES]


def marked(document: Object) -> tuple[Object, set[str]]:
    """Give each leaf a value of its own, to be found again anywhere, and return these as text.

    Words that say what an element is about, such as the name of a material, decide who may read it:
    they stay.
    """
    document, numbers, own = copy.deepcopy(document), itertools.count(7_000_001), set()
    expected = shapes(document)

    def visit(place: Any, name: Any) -> None:
        value = place[name]
        if isinstance(value, dict | list):
            for inner in value if isinstance(value, dict) else range(len(value)):
                visit(value, inner)
            return
        number = next(numbers)
        place[name] = f"urn:leaf:{number}" if isinstance(value, str) else number
        try:
            same = shapes(document) == expected
        except BatteryPassError:
            same = False
        if same:
            own.add(str(place[name]))
        else:
            place[name] = value

    for name in document:
        visit(document, name)
    return document, own


def bytes_of(token: str) -> bytes:
    """Return all that a reader can get out of a token: the text, and each part of it decoded."""
    jwt, *disclosures = token.rstrip("~").split("~")
    head, payload, _ = jwt.split(".")
    return b"\n".join([token.encode(), *(b64(part) for part in (head, payload, *disclosures))])


@cell("vc+sd-jwt", PYTHON.name, "ours")
@cell("vc+sd-jwt", NODE.name, "ours")
def test_a_passport_issued_once_gives_three_views(key: SigningKey, example: Object) -> None:
    document, own = marked(example)
    # Nearly all: the number of leaves is what the next assertions rest on.
    assert len(own) > 0.8 * len(list(leaves(example)))
    passport = Passport.parse(document)
    issued = sign(passport, key, securing="vc+sd-jwt", decoys=True)
    subject = verify(issued).claims["credentialSubject"]
    sizes = set()
    for audience in AUDIENCES:
        shown = disclose(issued, audience=audience)
        report = verify(shown)
        assert (report.ok, report.findings) == (True, [])
        assert python_verify(shown, key, None) == node_verify(shown, key, None) == report.claims
        view = report.claims["credentialSubject"]
        identity = {"id": passport.id, "type": "BatteryPassport"}
        assert view == {**passport.view(audience), **identity}

        # What is not in the view is nowhere in the bytes: no value, and no name.
        found = bytes_of(shown)
        visible = own & {str(value) for _, value in leaves(view)}
        hidden = own - visible
        assert all(value.encode() in found for value in visible)
        assert not [value for value in hidden if value.encode() in found]
        secret = names(subject) - names(view)
        assert not [name for name in secret if f'"{name}"'.encode() in found]
        sizes.add((len(visible), len(hidden)))

        assert "signature_invalid" in codes(verify(tampered(shown)))
        for library in (PYTHON, NODE):
            with pytest.raises(library.refusal):
                library.verify(tampered(shown), key, None)
    assert all(visible and hidden for visible, hidden in sizes)
    assert len(sizes) == len(AUDIENCES)

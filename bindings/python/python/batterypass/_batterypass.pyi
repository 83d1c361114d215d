from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NoReturn, TypeAlias, final, overload

from .types import (
    Anchor,
    Attribute,
    Change,
    DidKey,
    Message,
    NotCarried,
    PassportFacts,
    PlannedEnvelope,
    PresentationReport,
    Purpose,
    RecipientGrant,
    RecipientKey,
    Record,
    Report,
    VerificationMethod,
    VerifyReport,
)

_Data: TypeAlias = bytes | bytearray | memoryview
_Time: TypeAlias = datetime | str
_Document: TypeAlias = str | _Data | dict[str, Any]
_Resolver: TypeAlias = (
    HttpsClient
    | Mapping[str, DidDocument | _Document]
    | Callable[[str], DidDocument | _Document | None]
)
_StatusSource: TypeAlias = HttpsClient | Mapping[str, _Document] | Callable[[str], _Document | None]
_Embedded: TypeAlias = Literal[
    "ecdsa-jcs-2019", "ecdsa-rdfc-2019", "ecdsa-sd-2023", "eddsa-rdfc-2022"
]
_Relationship: TypeAlias = Literal[
    "assertionMethod",
    "authentication",
    "keyAgreement",
    "capabilityInvocation",
    "capabilityDelegation",
]
_Role: TypeAlias = Literal[
    "authority",
    "manufacturer",
    "importer",
    "reuse",
    "repurposing",
    "remanufacturing",
    "producer_responsibility",
    "waste_management",
]
_Category: TypeAlias = Literal["ev", "lmt", "industrial", "stationary"]
_Action: TypeAlias = Literal["read", "write", "store"]
_RecipientRole: TypeAlias = Literal["operator", "authority", "data_broker"]
_DataCategory: TypeAlias = Literal["condition", "events", "test_reports"]
_StatusPurpose: TypeAlias = Literal["revocation", "suspension", "message", "refresh"]
_Audience: TypeAlias = Literal["public", "authority", "legitimate_interest", "operator"]

__all__ = [
    "Claims",
    "DidDocument",
    "Envelope",
    "FrameDecoder",
    "HttpsClient",
    "Passport",
    "PassportLink",
    "PublicKey",
    "RecipientPolicy",
    "SigningKey",
    "StatusList",
    "StatusLists",
    "Trust",
    "__version__",
    "access_grant",
    "add_proof",
    "apply_record",
    "attributes",
    "battery_status_record",
    "bms_production",
    "check_record",
    "decode_record",
    "decrypt",
    "derive",
    "did_web_document",
    "did_web_url",
    "disclose",
    "encode_frame",
    "encode_record",
    "encrypt",
    "from_enveloped",
    "is_valid_passport_id",
    "operator_accreditation",
    "processor_authorisation",
    "purposes",
    "qr_png",
    "qr_svg",
    "qr_text",
    "record_from_condition",
    "record_to_condition",
    "resolve_did",
    "responsibility_transfer",
    "sign",
    "sign_presentation",
    "sign_record",
    "signed_record_kid",
    "status_entry",
    "to_enveloped",
    "verify",
    "verify_presentation",
    "verify_record",
]

__version__: str

@final
class SigningKey:
    """A P-256 private key. It signs, and it opens envelopes that are addressed to it."""

    @staticmethod
    def generate() -> SigningKey:
        """Make a new key from the system's random source."""
    @staticmethod
    def from_pem(text: str) -> SigningKey:
        """Read a PKCS #8 private key in PEM."""
    @staticmethod
    def from_jwk(jwk: dict[str, Any]) -> SigningKey:
        """Read a private JWK."""
    def to_pem(self) -> str:
        """Write a PKCS #8 private key in PEM. The text is a secret."""
    def to_jwk(self) -> dict[str, Any]:
        """Write the private JWK. The dict is a secret."""
    @property
    def public_key(self) -> PublicKey:
        """The public key."""
    @property
    def did(self) -> str:
        """The key's `did:key`."""
    @property
    def did_jwk(self) -> str:
        """The key's name as a `did:jwk`."""
    def __reduce__(self) -> NoReturn: ...

@final
class PublicKey:
    """A P-256 public key."""

    @staticmethod
    def from_did(did: str) -> PublicKey:
        """Read a `did:key`."""
    @staticmethod
    def from_jwk(jwk: dict[str, Any]) -> PublicKey:
        """Read a JWK; members beyond the public key are ignored."""
    @staticmethod
    def from_sec1(data: _Data) -> PublicKey:
        """Read a SEC 1 point of 33 or 65 bytes."""
    def to_sec1(self, *, compressed: bool = False) -> bytes:
        """Return the SEC 1 point, 65 bytes or, compressed, 33."""
    def to_jwk(self) -> dict[str, Any]:
        """Return the public JWK."""
    @property
    def did(self) -> str:
        """The key's `did:key`."""
    @property
    def did_jwk(self) -> str:
        """The key's name as a `did:jwk`."""
    @property
    def thumbprint(self) -> str:
        """The RFC 7638 thumbprint, 43 characters of base64url."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Claims:
    """Claims of a report that nobody has read yet."""

    def to_dict(self) -> dict[str, Any]:
        """Convert them."""

@final
class Passport:
    """A battery passport: header and submodels. Read-only; change the dict and parse it again."""

    @staticmethod
    def parse(document: str | _Data | dict[str, Any]) -> Passport:
        """Read a passport from JSON text or from a dict."""
    @property
    def id(self) -> str:
        """The passport's id, checked."""
    def to_json(self) -> str:
        """Return the passport as JSON text."""
    def to_dict(self) -> dict[str, Any]:
        """Return the passport as a dict."""
    def view(self, audience: _Audience, *, purpose: str | None = None) -> dict[str, Any]:
        """Return what an audience may read.

        With `legitimate_interest`, a purpose of `purposes()` narrows it to what serves the purpose.
        """
    @staticmethod
    def from_en18223(
        document: str | _Data | dict[str, Any],
    ) -> tuple[Passport, list[NotCarried]]:
        """Read a passport in either representation of EN 18223.

        Return also what of the document's elements a passport has no place for.
        """
    def to_en18223(
        self, representation: Literal["compressed", "full"] = "compressed"
    ) -> dict[str, Any]:
        """Return the passport in a representation of EN 18223."""
    def upgrade(self) -> tuple[Passport, list[Change]]:
        """Return the passport in the newest version of the data model, and the list of changes."""
    def validate(
        self,
        profile: Literal["regulation", "wire"] = "regulation",
        at: datetime | str | None = None,
    ) -> Report:
        """Validate the passport at a time, by default now."""
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Envelope:
    """What an envelope shows without a key. Believe it only once the envelope is opened."""

    @staticmethod
    def parse(data: str | _Data) -> Envelope:
        """Read an envelope without opening it."""
    @property
    def subject(self) -> str | None:
        """Whom the content is about: for device records the passport id."""
    @property
    def recipients(self) -> list[str]:
        """The recipients' key thumbprints."""

@final
class PassportLink:
    """A link to a passport, as on a battery's label."""

    @staticmethod
    def parse(text: str) -> PassportLink:
        """Read a link."""
    @staticmethod
    def build(
        base: str,
        *,
        gtin: str | None = None,
        serial: str | None = None,
        passport_id: str | None = None,
        key: PublicKey | str | None = None,
    ) -> PassportLink:
        """Make a link: a GS1 Digital Link of `gtin` and `serial`, or one by `passport_id`."""
    @property
    def base(self) -> str:
        """Scheme, host, port and leading path."""
    @property
    def gtin(self) -> str | None:
        """The GTIN as 14 digits."""
    @property
    def serial(self) -> str | None:
        """The serial number."""
    @property
    def passport_id(self) -> str | None:
        """The passport id."""
    @property
    def key(self) -> str | None:
        """The thumbprint of the battery's key."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class FrameDecoder:
    """Finds messages in a byte stream."""

    def __new__(cls) -> FrameDecoder: ...
    def feed(self, data: _Data) -> list[Message]:
        """Take the next bytes of the stream and return the messages that they complete."""
    @property
    def dropped(self) -> int:
        """How many frames were dropped because they could not be read."""

@final
class DidDocument:
    """A DID document, checked when it was read."""

    @staticmethod
    def parse(document: _Document) -> DidDocument:
        """Read a document from JSON text or from a dict."""
    @property
    def id(self) -> str:
        """The DID."""
    @property
    def verification_methods(self) -> list[VerificationMethod]:
        """Every key, for whatever purpose and at whatever time."""
    def key(
        self, url: str, *, at: _Time, relationship: _Relationship = "assertionMethod"
    ) -> PublicKey:
        """Find the P-256 key that may be used for a purpose at a time.

        `url` is a DID URL or `#fragment`. Raises `VerifyError` when there is none.
        """
    def to_dict(self) -> dict[str, Any]:
        """Return the document with every member that it was read with."""
    def to_json(self) -> str:
        """Return the document as JSON text."""
    def __eq__(self, other: object, /) -> bool: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class RecipientPolicy:
    """Who receives what: for a role and a category of data, whether always or by a grant.

    Whoever has no rule receives nothing. Codes: `recipient_missing` where a mandatory role has no
    valid key, `recipient_mandatory` where a mandatory key is left out, with the path of the rule.
    """

    def __new__(cls, policy: dict[str, Any] | None = None) -> RecipientPolicy:
        """Read `{"rules": [{"role": .., "category": .., "delivery": ..}]}`; the default without.

        `delivery` is `mandatory`, `optional` or `by_grant`. By default an operator receives
        everything, an authority events and test reports, a data broker condition and events by a
        grant.
        """
    @staticmethod
    def from_json(text: str) -> RecipientPolicy:
        """Read a policy from JSON text."""
    def to_dict(self) -> dict[str, Any]:
        """Return the policy as a dict."""
    def delivery(
        self, role: _RecipientRole, category: _DataCategory
    ) -> Literal["mandatory", "optional", "by_grant"] | None:
        """Return how a role receives a category; `None` for not at all."""
    def recipients(
        self,
        category: _DataCategory,
        keys: Sequence[RecipientKey],
        *,
        subject: str,
        grants: Sequence[RecipientGrant] = (),
        leave_out: Sequence[str] = (),
        at: _Time | None = None,
    ) -> list[PublicKey]:
        """Return the keys that receive a category of data, mandatory ones first.

        `subject` is the passport id that the data is about, `leave_out` thumbprints of keys that
        are not to receive it. The time is by default now.
        """
    def plan(
        self,
        categories: Sequence[_DataCategory],
        keys: Sequence[RecipientKey],
        *,
        subject: str,
        grants: Sequence[RecipientGrant] = (),
        leave_out: Sequence[str] = (),
        at: _Time | None = None,
    ) -> list[PlannedEnvelope]:
        """Put categories into as few envelopes as there are sets of recipients."""
    def check(
        self,
        category: _DataCategory,
        named: Sequence[str],
        keys: Sequence[RecipientKey],
        *,
        subject: str,
        at: _Time | None = None,
    ) -> None:
        """Check that an envelope, by the thumbprints it names, leaves out nobody mandatory.

        For an envelope that arrived: `named` is `Envelope.recipients`.
        """
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: None  # type: ignore[assignment]

@final
class StatusList:
    """One small number for each credential of a crowd; 0 means that nothing is to be said."""

    def __new__(cls, entries: int = 131072, *, size: int = 1) -> StatusList:
        """Make a list of at least `entries` entries of `size` bits, all 0."""
    @staticmethod
    def decode(encoded: str, *, size: int = 1) -> StatusList:
        """Read the `encodedList` of a list credential."""
    def encode(self) -> str:
        """Return the list as an `encodedList`. Equal lists give equal texts."""
    @property
    def size(self) -> int:
        """Bits of an entry."""
    def get(self, index: int) -> int:
        """Read an entry."""
    def set(self, index: int, value: int = 1) -> None:
        """Write an entry."""
    @staticmethod
    def random_index(
        entries: int = 131072, *, is_taken: Callable[[int], object] | None = None
    ) -> int:
        """Draw a free position of a list, each with the same chance, from the system's randomness.

        In order of issue, positions would tell when each credential was made and how many there
        are. `is_taken` says which have been given out: it is asked a few times, and for every
        position only when the list is nearly full.
        """
    def credential(
        self,
        url: str,
        *,
        purpose: _StatusPurpose | Sequence[_StatusPurpose] = "revocation",
        ttl_ms: int | None = None,
    ) -> dict[str, Any]:
        """Make the credential of the list, to be signed and served at `url`.

        `ttl_ms`: for how many milliseconds a copy may be used before it is fetched again.
        """
    def __len__(self) -> int: ...
    def __eq__(self, other: object, /) -> bool: ...
    __hash__: None  # type: ignore[assignment]

@final
class StatusLists:
    """Where status lists come from, whose are believed, and those that were verified before."""

    def __new__(
        cls,
        source: _StatusSource,
        *,
        capacity: int = 64,
        trusted_issuers: Sequence[str] = (),
    ) -> StatusLists:
        """Put a cache for `capacity` verified lists before a source.

        Lists of `trusted_issuers` count for credentials of every issuer, all others only for their
        own.
        """

@final
class HttpsClient:
    """Fetches `did:web` documents and status lists over HTTPS, as a resolver and a status source.

    Whoever wrote a credential chooses what is fetched. So it speaks only HTTPS with domain names,
    follows no redirect, and connects only to addresses of the public internet.
    """

    def __new__(
        cls,
        *,
        timeout_s: float = 10.0,
        max_bytes: int = 4194304,
        capacity: int = 256,
        lifetime_s: float = 300.0,
        root_certificates: Sequence[_Data] = (),
        allow_private_addresses: bool = False,
    ) -> HttpsClient:
        """Make a client.

        It keeps up to `capacity` DID documents for `lifetime_s` seconds; put it into `StatusLists`
        to keep status lists. `root_certificates` (X.509 in DER) take the place of the web's. Never
        allow private addresses to a server that takes credentials from strangers.
        """

@final
class Trust:
    """Whom a verifier trusts, what was presented in support, and what it allows."""

    def __new__(
        cls,
        anchors: Sequence[str | Anchor],
        *,
        support: Sequence[_Document] = (),
        max_depth: int = 8,
        roles: Sequence[_Role] | None = None,
        passport: Passport | PassportFacts | None = None,
    ) -> Trust:
        """Trust anchors, which are DIDs or `Anchor`s, and take note of supporting credentials.

        `support` is in any order and form; what does not matter does no harm. `roles` may be
        responsible for a passport: by default all but "authority". `passport` is the one that is
        asked about; then a credential about another one does not pass.
        """
    def authorises(
        self,
        actor: str,
        action: _Action,
        passport: Passport | PassportFacts,
        *,
        at: _Time | None = None,
        resolver: _Resolver | None = None,
        status: StatusLists | _StatusSource | None = None,
    ) -> bool:
        """Tell whether someone may act on a passport: its responsible operator, or a delegate."""
    def grant_covers(
        self,
        reader: str,
        purpose: str,
        point: Literal[1, 2, 3, 4],
        passport: Passport | PassportFacts,
        *,
        at: _Time | None = None,
        resolver: _Resolver | None = None,
        status: StatusLists | _StatusSource | None = None,
    ) -> bool:
        """Tell whether someone was granted a point of Annex XIII of a passport for a purpose."""

@overload
def sign(
    credential: dict[str, Any] | Passport,
    key: SigningKey,
    *,
    securing: _Embedded,
    issuer: str | None = None,
    verification_method: str | None = None,
    valid_from: _Time | None = None,
    valid_until: _Time | None = None,
    status: dict[str, Any] | None = None,
    created: _Time | None = None,
    expires: _Time | None = None,
    domain: str | None = None,
    challenge: str | None = None,
    proof_id: str | None = None,
    previous_proofs: Sequence[str] = (),
    mandatory_pointers: Sequence[str] = (),
    contexts: dict[str, Any] | None = None,
    cose_algorithm: Literal["ES256", "ESP256"] | None = None,
    hide: Sequence[str] | None = None,
    decoys: bool = False,
    holder: PublicKey | None = None,
    deterministic: bool = False,
) -> dict[str, Any]: ...
@overload
def sign(
    credential: dict[str, Any] | Passport,
    key: SigningKey,
    *,
    securing: Literal["vc+cose"],
    issuer: str | None = None,
    verification_method: str | None = None,
    valid_from: _Time | None = None,
    valid_until: _Time | None = None,
    status: dict[str, Any] | None = None,
    created: _Time | None = None,
    expires: _Time | None = None,
    domain: str | None = None,
    challenge: str | None = None,
    proof_id: str | None = None,
    previous_proofs: Sequence[str] = (),
    mandatory_pointers: Sequence[str] = (),
    contexts: dict[str, Any] | None = None,
    cose_algorithm: Literal["ES256", "ESP256"] | None = None,
    hide: Sequence[str] | None = None,
    decoys: bool = False,
    holder: PublicKey | None = None,
    deterministic: bool = False,
) -> bytes: ...
@overload
def sign(
    credential: dict[str, Any] | Passport,
    key: SigningKey,
    *,
    securing: Literal["vc+jwt", "vc+sd-jwt"] = "vc+jwt",
    issuer: str | None = None,
    verification_method: str | None = None,
    valid_from: _Time | None = None,
    valid_until: _Time | None = None,
    status: dict[str, Any] | None = None,
    created: _Time | None = None,
    expires: _Time | None = None,
    domain: str | None = None,
    challenge: str | None = None,
    proof_id: str | None = None,
    previous_proofs: Sequence[str] = (),
    mandatory_pointers: Sequence[str] = (),
    contexts: dict[str, Any] | None = None,
    cose_algorithm: Literal["ES256", "ESP256"] | None = None,
    hide: Sequence[str] | None = None,
    decoys: bool = False,
    holder: PublicKey | None = None,
    deterministic: bool = False,
) -> str:
    """Sign a credential (a dict) or a passport as a verifiable credential.

    `vc+jwt` and `vc+sd-jwt` give text, `vc+cose` bytes, the other forms the credential with its
    proof inside. `verification_method` is the DID URL of the key, by default that of its `did:key`;
    `issuer` its DID. `created` (by default now), `expires`, `domain`, `challenge`, `proof_id` and
    `previous_proofs` are said by a proof inside; tokens have no place for them. `cose_algorithm` is
    how `vc+cose` names the algorithm, by default "ES256" (-7).

    `mandatory_pointers` (JSON Pointers) are what every credential derived from an `ecdsa-sd-2023`
    one shows. `contexts` are JSON-LD context documents by their URL, for the RDF suites; those of
    W3C's credentials and of the passport are there already, and none is ever fetched.

    A `vc+sd-jwt` hides what `hide` names (JSON Pointers): by default everything of a passport that
    is not public, and nothing of other credentials. With `decoys` the number of hidden members does
    not show. `holder` is the key that may sign what is shown of it.
    """

def add_proof(
    document: dict[str, Any],
    key: SigningKey,
    *,
    securing: _Embedded = "ecdsa-jcs-2019",
    verification_method: str | None = None,
    created: _Time | None = None,
    expires: _Time | None = None,
    domain: str | None = None,
    challenge: str | None = None,
    proof_id: str | None = None,
    previous_proofs: Sequence[str] = (),
    mandatory_pointers: Sequence[str] = (),
    contexts: dict[str, Any] | None = None,
    deterministic: bool = False,
) -> dict[str, Any]:
    """Add one more proof to a document that may have some already.

    It changes nothing else, so earlier proofs still hold. `previous_proofs` are the ids of those
    that the new one covers, which makes a chain.
    """

def verify(
    secured: _Document,
    *,
    at: _Time | None = None,
    issuer_key: PublicKey | None = None,
    resolver: _Resolver | None = None,
    status: StatusLists | _StatusSource | None = None,
    domain: str | None = None,
    challenge: str | None = None,
    key_binding_max_age: int = 300,
    allow_unbound_issuer: bool = False,
    contexts: dict[str, Any] | None = None,
    trust: Trust | None = None,
) -> VerifyReport:
    """Verify a secured credential in any form and return every rule that does not hold.

    `at` is by default now. `resolver` has the documents of issuers whose DID does not carry its
    key; `status` the secured status lists by their URL: without it the status is not asked for.
    Either is a mapping, a function, or an `HttpsClient`; what a function raises, a
    `BatteryPassError` with its own code, becomes a finding. With `allow_unbound_issuer` a key of
    someone else than the issuer is only a warning. With `trust` a chain of credentials must lead
    from the issuer to an anchor.

    With `domain` or `challenge` the credential must have been signed for this recipient or
    challenge, in every form: the members of an embedded proof, the claims `aud` and `nonce` of a
    token or message. A `vc+sd-jwt` then needs a key binding of its holder, at most
    `key_binding_max_age` seconds old.
    """

def derive(
    secured: dict[str, Any],
    selective_pointers: Sequence[str],
    *,
    contexts: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Derive from an `ecdsa-sd-2023` credential one that shows a part of it, and still verifies.

    It shows what the JSON Pointers name, what the issuer made mandatory, and the ids and types on
    the way.
    """

def to_enveloped(secured: _Document) -> dict[str, Any]:
    """Wrap a token or CBOR into JSON, so that it can stand in a presentation.

    A document with its proof inside is returned as it is.
    """

def from_enveloped(document: dict[str, Any]) -> str | bytes | None:
    """Take a token or CBOR out of the JSON that wraps it; `None` for any other document."""

@overload
def sign_presentation(
    presentation: dict[str, Any],
    key: SigningKey,
    *,
    securing: _Embedded,
    verification_method: str | None = None,
    created: _Time | None = None,
    expires: _Time | None = None,
    domain: str | None = None,
    challenge: str | None = None,
    contexts: dict[str, Any] | None = None,
    deterministic: bool = False,
) -> dict[str, Any]: ...
@overload
def sign_presentation(
    presentation: dict[str, Any],
    key: SigningKey,
    *,
    securing: Literal["vc+cose"],
    verification_method: str | None = None,
    created: _Time | None = None,
    expires: _Time | None = None,
    domain: str | None = None,
    challenge: str | None = None,
    contexts: dict[str, Any] | None = None,
    deterministic: bool = False,
) -> bytes: ...
@overload
def sign_presentation(
    presentation: dict[str, Any],
    key: SigningKey,
    *,
    securing: Literal["vc+jwt"] = "vc+jwt",
    verification_method: str | None = None,
    created: _Time | None = None,
    expires: _Time | None = None,
    domain: str | None = None,
    challenge: str | None = None,
    contexts: dict[str, Any] | None = None,
    deterministic: bool = False,
) -> str:
    """Sign a presentation as its holder.

    Its `verifiableCredential` lists what `to_enveloped` returns. In a token the domain is the claim
    `aud`, the challenge `nonce`, the times are `iat` and `exp`.
    """

def verify_presentation(
    secured: _Document,
    *,
    at: _Time | None = None,
    holder_key: PublicKey | None = None,
    resolver: _Resolver | None = None,
    status: StatusLists | _StatusSource | None = None,
    domain: str | None = None,
    challenge: str | None = None,
    allow_unbound_issuer: bool = False,
    contexts: dict[str, Any] | None = None,
    trust: Trust | None = None,
) -> PresentationReport:
    """Verify a presentation and every credential in it and return every rule that does not hold.

    A replayed presentation is found by its challenge alone: give one of your own making each time.
    """

def resolve_did(did: str, *, resolver: _Resolver | None = None) -> DidDocument:
    """Find the document of a DID: `did:key` and `did:jwk` from the name, else by the resolver."""

def did_web_document(
    did: str, keys: Sequence[DidKey], *, services: Sequence[dict[str, Any]] = ()
) -> DidDocument:
    """Write the document that an organisation publishes at the address of its `did:web`."""

def did_web_url(did: str) -> str:
    """Return the address at which a `did:web` is published."""

def status_entry(
    list_url: str,
    index: int,
    purpose: _StatusPurpose = "revocation",
    *,
    messages: Sequence[str] = (),
    references: Sequence[str] = (),
) -> dict[str, Any]:
    """Make the `credentialStatus` of a credential: its place in the list at a URL.

    `messages` say what each value means, from 0 on: 2, 4, 8, ... 256 of them. Without, an entry is
    one bit. `references` are URLs that explain it.

    Draw the index with `StatusList.random_index`, and never twice.
    """

def disclose(
    sd_jwt: str,
    *,
    audience: _Audience | None = None,
    purpose: str | None = None,
    paths: Sequence[str] | None = None,
    holder_key: SigningKey | None = None,
    nonce: str | None = None,
    aud: str | None = None,
    at: _Time | None = None,
) -> str:
    """Keep the part of a `vc+sd-jwt` that a reader may see. The part still verifies.

    Of a passport, `audience` and `purpose` as in `Passport.view`; of any credential, `paths` (JSON
    Pointers) and what is needed to reach them; without either, all that the token has. With
    `holder_key` the holder signs it for the recipient `aud` who asked with a `nonce`, at a time
    that is by default now; `verify` asks for both as `domain` and `challenge`.
    """

def operator_accreditation(
    operator: str,
    operator_id: str,
    *,
    roles: Sequence[_Role],
    categories: Sequence[_Category],
    name: str | None = None,
    valid_from: _Time | None = None,
    valid_until: _Time | None = None,
) -> dict[str, Any]:
    """Make an authority's word that an organisation is an operator, or an authority below it.

    `operator` is its DID, `operator_id` its `economicOperatorId` in passports.
    """

def bms_production(
    key: PublicKey,
    passport_id: str,
    *,
    serial_number: str | None = None,
    model: str | None = None,
    valid_from: _Time | None = None,
    valid_until: _Time | None = None,
) -> dict[str, Any]:
    """Make an operator's word that a key is that of the BMS of a battery."""

def processor_authorisation(
    delegate: str,
    *,
    actions: Sequence[_Action],
    valid_until: _Time,
    passports: Sequence[str] = (),
    models: Sequence[str] = (),
    all_passports: bool = False,
    valid_from: _Time | None = None,
) -> dict[str, Any]:
    """Make an operator's authorisation of another to act for it, Art. 77(4) and 78(c)."""

def access_grant(
    reader: str,
    purpose: str,
    *,
    valid_until: _Time,
    passports: Sequence[str] = (),
    models: Sequence[str] = (),
    points: Sequence[Literal[1, 2, 3, 4]] | None = None,
    valid_from: _Time | None = None,
) -> dict[str, Any]:
    """Make a grant of access for a person with a legitimate interest, Art. 77(2).

    `purpose` is one of `purposes()`, `points` by default those that serve it.
    """

def responsibility_transfer(
    previous: tuple[str, str],
    next: tuple[str, str],
    *,
    passports: Sequence[str],
    effective: _Time,
) -> dict[str, Any]:
    """Make the transfer of responsibility for passports, Art. 77(7).

    Both operators, each a DID and its `economicOperatorId`, sign: the previous one with `sign` in
    an embedded form, the next with `add_proof`.
    """

def battery_status_record(
    passport_id: str,
    record: Record,
    *,
    valid_from: _Time | None = None,
    valid_until: _Time | None = None,
) -> dict[str, Any]:
    """Make the credential of what a BMS measured, which the BMS signs."""

@overload
def encrypt(
    plaintext: _Data,
    recipients: Sequence[PublicKey],
    *,
    aad: _Data = b"",
    format: Literal["cose", "cose_encrypt0"] = "cose",
    subject: str | None = None,
) -> bytes:
    """Encrypt for one to eight recipients; each can open the envelope alone.

    `format`: `cose` (COSE_Encrypt) and `jwe` (JSON) for one to eight recipients, `cose_encrypt0`
    and `jwe_compact` for one. A compact JWE takes no `aad`; a JSON one carries it readable.
    """

@overload
def encrypt(
    plaintext: _Data,
    recipients: Sequence[PublicKey],
    *,
    aad: _Data = b"",
    format: Literal["jwe", "jwe_compact"],
    subject: str | None = None,
) -> str: ...
def decrypt(
    envelope: str | _Data,
    key: SigningKey,
    *,
    aad: _Data = b"",
    kid: str | _Data | None = None,
) -> bytes:
    """Open an envelope of any format with one recipient's key.

    `kid`: the recipient's name in an envelope of somebody else, text in a JWE and bytes in COSE. By
    default the thumbprint of the key, which envelopes of this package have.
    """

def encode_record(record: Record) -> bytes:
    """Encode the fields of a record."""

def decode_record(data: _Data) -> Record:
    """Decode a record."""

def sign_record(record: Record, key: SigningKey, *, passport_id: str) -> bytes:
    """Sign a record as the device of a passport: COSE_Sign1."""

def verify_record(data: _Data, public_key: PublicKey, *, passport_id: str) -> Record:
    """Verify a signed record against the device's registered key and return it."""

def signed_record_kid(data: _Data) -> str:
    """Return the thumbprint of the key that a signed record names. Not verified."""

def check_record(
    record: Record,
    previous: Record | None = None,
    *,
    received_at: _Time | None = None,
    max_current_ma: int | None = None,
    max_power_w: int | None = None,
) -> Report:
    """Check a record by the rules of plausibility, by itself and against the record before."""

def record_to_condition(
    record: Record,
    *,
    received_at: _Time | None = None,
    ratings: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Convert a record to the condition of a passport."""

def record_from_condition(
    condition: dict[str, Any], *, ratings: dict[str, Any] | None = None
) -> Record:
    """Convert the condition of a passport to a record."""

def apply_record(
    record: Record, document: dict[str, Any], *, received_at: _Time | None = None
) -> dict[str, Any]:
    """Put what a record reports into a passport document; return it as a new dict."""

def encode_frame(message: Message) -> bytes:
    """Encode one message as a frame."""

def qr_svg(text: str) -> str:
    """Draw a text as a QR code in SVG."""

def qr_png(text: str, *, scale: int = 8) -> bytes:
    """Draw a text as a QR code in PNG, `scale` pixels per module."""

def attributes() -> list[Attribute]:
    """Return the table of the 93 attributes, in the order of their numbers."""

def purposes() -> list[Purpose]:
    """Return the purposes of legitimate interest, Art. 77(2), and the points that serve each."""

def is_valid_passport_id(text: str) -> bool:
    """Tell whether a text can be a passport id: 1 to 128 characters of visible ASCII."""

def qr_text(text: str) -> str:
    """Draw a text as a QR code for a terminal."""

"""JSON-LD at random: every document that we sign has the statements that `jsonld` makes of it.

What they verify has the same canonical statements on both sides, contexts of every kind included.
What we refuse to sign says so with a code.
"""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar

from batterypass import BatteryPassError, SigningKey, sign, verify
from peers import digitalbazaar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
Object = dict[str, Any]
V2 = "https://www.w3.org/ns/credentials/v2"
XSD = "http://www.w3.org/2001/XMLSchema#"
SEED = 20_190_301
DOCUMENTS = 300
SUITE: Any = "ecdsa-rdfc-2019"
COUNTS = {"signed": 88, "unprocessed_term": 92, "invalid_context": 84, "invalid_member": 36}


class Generator:
    """Makes credentials with contexts of their own. Few names, so that they meet each other."""

    names = ("p", "q", "r", "s")
    types = ("A", "B", "C")

    def __init__(self, seed: int) -> None:
        # Of Random only random() gives the same in every version of Python.
        self.random = Random(seed).random  # noqa: S311

    def chance(self, part: float) -> bool:
        return self.random() < part

    def pick(self, *choices: T) -> T:
        return choices[int(self.random() * len(choices))]

    def some(self, most: int, make: Callable[[], T]) -> list[T]:
        return [make() for _ in range(1 + int(self.random() * most))]

    def credential(self) -> Object:
        return {
            "@context": [V2, *self.some(2, lambda: self.context(2))],
            "type": ["VerifiableCredential", self.pick(*self.types)],
            "credentialSubject": self.node(2),
            **({self.pick(*self.names): self.value(2)} if self.chance(0.4) else {}),
        }

    def context(self, depth: int) -> Object:
        context: Object = {name: self.definition(depth) for name in self.some(4, self.name)}
        for kind in self.types:
            context[kind] = {"@id": f"urn:type:{kind}"}
            if depth and self.chance(0.4):
                context[kind]["@context"] = self.context(depth - 1)
        if self.chance(0.6):
            context["@vocab"] = self.pick("https://vocab.example/#", "urn:vocab:", "ex:")
        if self.chance(0.4):
            context["ex"] = "https://ex.example/"
        if self.chance(0.15):
            context["@language"] = self.pick("de", "EN", None)
        if self.chance(0.08):
            context[self.pick("@protected", "@propagate")] = True
        return context

    def name(self) -> str:
        return self.pick(*self.names)

    def definition(self, depth: int) -> Any:
        iri = self.pick("urn:p:", "https://ns.example/#", "ex:") + self.pick("a", "b", "c")
        if self.chance(0.25):
            return self.pick(iri, iri, None)
        made: Object = {"@id": iri}
        kinds = ("@id", "@vocab", "@json", "@none", f"{XSD}string", f"{XSD}double", "ex:kind")
        if self.chance(0.4):
            made["@type"] = self.pick(*kinds)
        elif self.chance(0.2):
            made["@language"] = self.pick("fr", None)
        if self.chance(0.3) and made.get("@type") != "@json":
            made["@container"] = self.pick("@list", "@set", "@graph", ["@graph", "@set"])
        elif self.chance(0.1) and "@type" not in made:
            made["@container"] = "@language"
        if depth and self.chance(0.25):
            made["@context"] = self.context(depth - 1)
        return made

    def node(self, depth: int) -> Object:
        node: Object = {}
        if self.chance(0.15):
            node["@context"] = self.context(1)
        if self.chance(0.5):
            node["id"] = self.pick("urn:n:1", "urn:n:2", "ex:n", "_:n")
        if self.chance(0.5):
            node[self.pick("type", "@type")] = self.pick("A", "B", ["C", "A"])
        for name in self.some(3, self.name):
            node[name] = self.value(depth)
        return node

    def value(self, depth: int) -> Any:
        kind = self.pick("scalar", "scalar", "list", "typed", "wrapped", "node", "node")
        if depth == 0 or kind == "scalar":
            return self.scalar()
        if kind == "list":
            return self.some(3, lambda: self.value(depth - 1))
        if kind == "typed":
            how = self.pick(("@language", "en"), ("@type", "ex:kind"), ("@type", "@json"))
            return {"@value": self.scalar(), how[0]: how[1]}
        if kind == "wrapped":
            inner = self.some(2, lambda: self.value(depth - 1))
            return {self.pick("@list", "@set", "@set"): inner}
        return self.node(depth - 1)

    def scalar(self) -> Any:
        texts = ("x", "Ä€\U0001f50b", 'a\nb"c', "urn:q", "ex:w", "1.0E0", "B")
        return self.pick(*texts, True, False, 0, 1, -5, 3.25, 430.5, 1e21, 0.001)


def test_random_documents_have_the_same_statements(key: SigningKey) -> None:
    made = Generator(SEED)
    ours: Counter[str] = Counter()
    for _ in range(DOCUMENTS):
        credential = made.credential()
        try:
            signed: Any = sign(credential, key, securing=SUITE, created="2026-01-01T00:00:00Z")
        except BatteryPassError as error:
            ours[error.code] += 1
            continue
        ours["signed"] += 1
        report = verify(signed, at="2027-01-01T00:00:00Z")
        assert report.ok, (signed, report.findings)
        verdict = digitalbazaar("verify", credential=signed, suite=SUITE)
        assert verdict["verified"], (signed, verdict["reasons"])
    assert ours == COUNTS

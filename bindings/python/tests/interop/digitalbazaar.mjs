// npm @digitalbazaar/vc with the ECDSA cryptosuites and status lists. No network: contexts are bundled,
// did:key is read from the name, everything else comes with the command.
import { serve } from "./serve.mjs";

const vc = await import("@digitalbazaar/vc");
const { DataIntegrityProof } = await import("@digitalbazaar/data-integrity");
const Multikey = await import("@digitalbazaar/ecdsa-multikey");
const { driver } = await import("@digitalbazaar/did-method-key");
const Ed25519 = await import("@digitalbazaar/ed25519-multikey");
const eddsa = await import("@digitalbazaar/eddsa-rdfc-2022-cryptosuite");
const status = await import("@digitalbazaar/vc-bitstring-status-list");
const suites = {
  "ecdsa-jcs-2019": await import("@digitalbazaar/ecdsa-jcs-2019-cryptosuite"),
  "ecdsa-rdfc-2019": await import("@digitalbazaar/ecdsa-rdfc-2019-cryptosuite"),
  "ecdsa-sd-2023": await import("@digitalbazaar/ecdsa-sd-2023-cryptosuite"),
};

const didKey = driver();
didKey.use({ multibaseMultikeyHeader: "zDna", fromMultibase: Multikey.from });

function loader(documents = {}) {
  return async (url) => {
    if (url in documents) return { contextUrl: null, documentUrl: url, document: documents[url] };
    if (url.startsWith("did:key:")) {
      return { contextUrl: null, documentUrl: url, document: await didKey.get({ url }) };
    }
    return vc.defaultDocumentLoader(url);
  };
}

async function signing(name, jwk, { mandatoryPointers, date } = {}) {
  const key = await Multikey.fromJwk({ jwk, secretKey: true });
  const { publicKeyMultibase } = await key.export({ publicKey: true });
  key.controller = `did:key:${publicKeyMultibase}`;
  key.id = `${key.controller}#${publicKeyMultibase}`;
  const module = suites[name];
  const cryptosuite = module.cryptosuite
    ? module.cryptosuite
    : module.createSignCryptosuite(mandatoryPointers && { mandatoryPointers });
  return new DataIntegrityProof({ signer: key.signer(), cryptosuite, date });
}

function checking(name) {
  const module = suites[name];
  const cryptosuite = module.cryptosuite ? module.cryptosuite : module.createVerifyCryptosuite();
  return new DataIntegrityProof({ cryptosuite });
}

function verdict({ verified, error, statusResult }) {
  const errors = [error, statusResult?.error].filter(Boolean).flatMap((one) => one.errors ?? [one]);
  const reasons = errors.map((one) => `${one.name}: ${one.message}`);
  return { verified, reasons, statuses: statusResult?.results?.map((one) => one.status) };
}

serve({
  async issue({ credential, jwk, suite, ...options }) {
    const signer = await signing(suite, jwk, options);
    return vc.issue({ credential, suite: signer, documentLoader: loader() });
  },
  async issueEd25519({ credential }) {
    const key = await Ed25519.generate();
    const { publicKeyMultibase } = await key.export({ publicKey: true });
    key.controller = `did:key:${publicKeyMultibase}`;
    key.id = `${key.controller}#${publicKeyMultibase}`;
    const suite = new DataIntegrityProof({ signer: key.signer(), cryptosuite: eddsa.cryptosuite });
    const unsigned = { ...credential, issuer: key.controller };
    return vc.issue({ credential: unsigned, suite, documentLoader: loader() });
  },
  async derive({ credential, selectivePointers }) {
    const { createDiscloseCryptosuite } = suites["ecdsa-sd-2023"];
    const suite = new DataIntegrityProof({ cryptosuite: createDiscloseCryptosuite({ selectivePointers }) });
    return vc.derive({ verifiableCredential: credential, suite, documentLoader: loader() });
  },
  async verify({ credential, suite, documents, lists }) {
    const documentLoader = loader(documents);
    const checkStatus = lists && ((options) => status.checkStatus({ ...options, suite: checking(lists) }));
    return verdict(
      await vc.verifyCredential({ credential, suite: checking(suite), documentLoader, checkStatus }),
    );
  },
  async present({ credentials, jwk, suite, challenge, domain }) {
    const signer = await signing(suite, jwk);
    const holder = signer.verificationMethod.split("#")[0];
    const presentation = vc.createPresentation({ verifiableCredential: credentials, holder });
    const documentLoader = loader();
    return vc.signPresentation({ presentation, suite: signer, challenge, domain, documentLoader });
  },
  async verifyPresentation({ presentation, suite, challenge, domain }) {
    const documentLoader = loader();
    return verdict(
      await vc.verify({ presentation, suite: checking(suite), challenge, domain, documentLoader }),
    );
  },
  async statusList({ id, length, set, statusPurpose }) {
    const list = await status.createList({ length });
    for (const index of set) list.setStatus(index, true);
    return status.createCredential({ id, list, statusPurpose });
  },
  async readList({ encodedList, indexes }) {
    const list = await status.decodeList({ encodedList });
    return { length: list.length, values: indexes.map((index) => list.getStatus(index)) };
  },
});

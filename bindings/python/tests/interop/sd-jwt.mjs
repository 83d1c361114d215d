// npm @sd-jwt/core: SD-JWT with and without key binding.
import { createHash, randomBytes } from "node:crypto";
import { serve } from "./serve.mjs";

const { SDJwtInstance } = await import("@sd-jwt/core");
const jose = await import("jose");

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const bytes = (text) => new TextEncoder().encode(text);

async function imported(jwk, use) {
  const { kty, crv, x, y, d } = jwk;
  const material = use === "sign" ? { kty, crv, x, y, d } : { kty, crv, x, y };
  return crypto.subtle.importKey("jwk", material, algorithm, false, [use]);
}

async function signer(jwk) {
  const key = await imported(jwk, "sign");
  return async (data) =>
    jose.base64url.encode(new Uint8Array(await crypto.subtle.sign(algorithm, key, bytes(data))));
}

async function verifier(jwk) {
  const key = await imported(jwk, "verify");
  return async (data, signature) =>
    crypto.subtle.verify(algorithm, key, jose.base64url.decode(signature), bytes(data));
}

const common = {
  signAlg: "ES256",
  hashAlg: "sha-256",
  hasher: (data) => createHash("sha256").update(data).digest(),
  saltGenerator: () => randomBytes(16).toString("base64url"),
};

serve({
  async issue({ payload, frame, header, jwk }) {
    const instance = new SDJwtInstance({ ...common, signer: await signer(jwk) });
    return instance.issue(payload, frame, { header });
  },
  async present({ token, frame, holder, binding }) {
    const options = holder ? { kbSigner: await signer(holder), kbSignAlg: "ES256" } : {};
    const instance = new SDJwtInstance({ ...common, ...options });
    return instance.present(token, frame, binding ? { kb: { payload: binding } } : undefined);
  },
  async verify({ token, jwk, holder, nonce }) {
    const instance = new SDJwtInstance({
      ...common,
      verifier: await verifier(jwk),
      ...(holder ? { kbVerifier: await verifier(holder) } : {}),
    });
    const { payload, header, kb } = await instance.verify(token, { keyBindingNonce: nonce });
    return { payload, header, binding: kb?.payload };
  },
});

// npm jose: compact JWS; JWE as compact and general JSON.
import { serve } from "./serve.mjs";

const jose = await import("jose");
const text = new TextDecoder();

serve({
  async sign({ header, payload, jwk }) {
    const key = await jose.importJWK(jwk, "ES256");
    const bytes = new TextEncoder().encode(JSON.stringify(payload));
    return new jose.CompactSign(bytes).setProtectedHeader(header).sign(key);
  },
  async verify({ token, jwk }) {
    const key = await jose.importJWK(jwk, "ES256");
    const verified = await jose.compactVerify(token, key, { algorithms: ["ES256"] });
    return { header: verified.protectedHeader, payload: JSON.parse(text.decode(verified.payload)) };
  },
  async encryptCompact({ header, text, jwk }) {
    const key = await jose.importJWK(jwk, header.alg);
    const bytes = new TextEncoder().encode(text);
    return new jose.CompactEncrypt(bytes).setProtectedHeader(header).encrypt(key);
  },
  async encryptJson({ alg, enc, text, aad, keys }) {
    const encode = (value) => new TextEncoder().encode(value);
    const message = new jose.GeneralEncrypt(encode(text))
      .setProtectedHeader({ enc })
      .setAdditionalAuthenticatedData(encode(aad));
    for (const jwk of keys) {
      const key = await jose.importJWK(jwk, alg);
      message.addRecipient(key).setUnprotectedHeader({ alg, kid: jwk.kid });
    }
    return message.encrypt();
  },
  async decrypt({ sealed, jwk }) {
    const key = await jose.importJWK(jwk, "ECDH-ES");
    const json = sealed.startsWith("{");
    const { plaintext } = json
      ? await jose.generalDecrypt(JSON.parse(sealed), key)
      : await jose.compactDecrypt(sealed, key);
    return text.decode(plaintext);
  },
});

// npm @hpke/core: HPKE with P-256 and AES-256-GCM, one message.
import { serve } from "./serve.mjs";

const { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } = await import("@hpke/core");
const suite = new CipherSuite({
  kem: new DhkemP256HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});
const bytes = (text) => new Uint8Array(Buffer.from(text, "base64url")).buffer;
const text = (buffer) => Buffer.from(buffer).toString("base64url");

serve({
  async seal({ jwk, info, aad, plaintext }) {
    const recipientPublicKey = await suite.kem.importKey("jwk", jwk, true);
    const parameters = { recipientPublicKey, info: bytes(info) };
    const { ct, enc } = await suite.seal(parameters, bytes(plaintext), bytes(aad));
    return { ciphertext: text(ct), enc: text(enc) };
  },
  async open({ jwk, enc, info, aad, ciphertext }) {
    const recipientKey = await suite.kem.importKey("jwk", jwk, false);
    const parameters = { recipientKey, enc: bytes(enc), info: bytes(info) };
    return text(await suite.open(parameters, bytes(ciphertext), bytes(aad)));
  },
});

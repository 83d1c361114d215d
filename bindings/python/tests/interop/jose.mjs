// npm jose: compact JWS.
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
});

// `batterypass/promises`: the same functions on threads of Node's pool. Resolvers and status sources
// may return promises here.

import type { Passport, PublicKey, SigningKey } from './index.js'
import type {
  AddProofOptions,
  AsyncSource,
  DecryptOptions,
  DiscloseOptions,
  Document,
  EncryptOptions,
  EnvelopeFormat,
  JsonObject,
  PresentationReport,
  PresentOptions,
  Report,
  Sealed,
  Secured,
  Securing,
  SignOptions,
  ValidateOptions,
  VerifyOptions,
  VerifyPresentationOptions,
  VerifyReport,
} from './types.js'

/** As `Passport.parse`. */
export function parsePassport(document: Document): Promise<Passport>
/** As `Passport.validate`. */
export function validate(passport: Passport, options?: ValidateOptions): Promise<Report>
/** As `sign`. */
export function sign<S extends Securing = 'vc+jwt'>(
  credential: JsonObject | Passport,
  key: SigningKey,
  options?: SignOptions<S>,
): Promise<Secured<S>>
/** As `addProof`. */
export function addProof(document: JsonObject, key: SigningKey, options?: AddProofOptions): Promise<JsonObject>
/** As `verify`. */
export function verify(secured: Document, options?: VerifyOptions<AsyncSource>): Promise<VerifyReport>
/** As `signPresentation`. */
export function signPresentation<S extends Securing = 'vc+jwt'>(
  presentation: JsonObject,
  key: SigningKey,
  options?: PresentOptions<S>,
): Promise<Secured<S>>
/** As `verifyPresentation`. */
export function verifyPresentation(
  secured: Document,
  options?: VerifyPresentationOptions<AsyncSource>,
): Promise<PresentationReport>
/** As `disclose`. */
export function disclose(sdJwt: string, options?: DiscloseOptions): Promise<string>
/** As `derive`. */
export function derive(
  secured: JsonObject,
  selectivePointers: Iterable<string>,
  options?: { contexts?: { [url: string]: JsonObject } },
): Promise<JsonObject>
/** As `encrypt`. */
export function encrypt<F extends EnvelopeFormat = 'cose'>(
  plaintext: Uint8Array,
  recipients: Iterable<PublicKey>,
  options?: EncryptOptions<F>,
): Promise<Sealed<F>>
/** As `decrypt`. */
export function decrypt(
  envelope: string | Uint8Array,
  key: SigningKey,
  options?: DecryptOptions,
): Promise<Uint8Array>

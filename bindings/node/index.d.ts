// `batterypass`: every function returns its result.

import type {
  AddProofOptions,
  Attribute,
  Audience,
  Change,
  CheckRecordOptions,
  DecryptOptions,
  DeviceRecord,
  DiscloseOptions,
  Document,
  EncryptOptions,
  EnvelopeFormat,
  JsonObject,
  LinkOptions,
  NotCarried,
  PresentationReport,
  PresentOptions,
  Purpose,
  ReadRecord,
  Report,
  Sealed,
  Secured,
  Securing,
  SignOptions,
  Time,
  ValidateOptions,
  VerifyOptions,
  VerifyPresentationOptions,
  VerifyReport,
} from './types.js'

export type * from './types.js'

/** Version of this package. */
export const version: string

/** A refusal. Its `code` is frozen and the same in every language. */
export class BatteryPassError extends Error {
  constructor(message: string, parts?: { code?: string; path?: string; cause?: unknown })
  /** What was refused, for programs: `truncated`, `invalid_argument`, ... */
  code: string
  /** JSON Pointer of the place; empty for the whole input. */
  path: string
}
/** Input that cannot be read. */
export class DecodeError extends BatteryPassError {}
/** A signature, key or credential that does not hold. */
export class VerifyError extends BatteryPassError {}
/** A value that no passport may have. */
export class ValidationError extends BatteryPassError {}
/** An envelope that cannot be made or opened. */
export class EncryptionError extends BatteryPassError {}

/** A P-256 private key. It signs, and it opens envelopes that are addressed to it. */
export class SigningKey {
  private constructor()
  /** Makes a new key from the system's random source. */
  static generate(): SigningKey
  /** Reads a PKCS #8 private key in PEM. */
  static fromPem(text: string): SigningKey
  /** Reads a private JWK. */
  static fromJwk(jwk: JsonObject): SigningKey
  /** Writes a PKCS #8 private key in PEM. The text is a secret. */
  toPem(): string
  /** Writes the private JWK. The object is a secret. */
  toJwk(): JsonObject
  /** The public key. */
  get publicKey(): PublicKey
  /** The key's `did:key`. */
  get did(): string
  /** The key's name as a `did:jwk`. */
  get didJwk(): string
}

/** A P-256 public key. */
export class PublicKey {
  private constructor()
  /** Reads a `did:key`. */
  static fromDid(did: string): PublicKey
  /** Reads a JWK; members beyond the public key are ignored. */
  static fromJwk(jwk: JsonObject): PublicKey
  /** Reads a SEC 1 point of 33 or 65 bytes. */
  static fromSec1(data: Uint8Array): PublicKey
  /** Returns the SEC 1 point, 65 bytes or, compressed, 33. */
  toSec1(options?: { compressed?: boolean }): Uint8Array
  /** Returns the public JWK. */
  toJwk(): JsonObject
  /** The key's `did:key`. */
  get did(): string
  /** The key's name as a `did:jwk`. */
  get didJwk(): string
  /** The RFC 7638 thumbprint, 43 characters of base64url. */
  get thumbprint(): string
  /** Tells whether both are the same key. */
  equals(other: unknown): boolean
  /** As `toJwk`. */
  toJSON(): JsonObject
}

/** A battery passport: header and submodels. Read-only; change the object and parse it again. */
export class Passport {
  private constructor()
  /** Reads a passport from an object, JSON text or bytes. */
  static parse(document: Document): Passport
  /** Reads a passport in either representation of EN 18223, and what it has no place for. */
  static fromEn18223(document: Document): { passport: Passport; notCarried: NotCarried[] }
  /** The passport's id, checked. */
  get id(): string
  /** Returns the passport as JSON text. */
  toJson(): string
  /** Returns the passport as an object. */
  toObject(): JsonObject
  /** As `toObject`, so that `JSON.stringify` works. */
  toJSON(): JsonObject
  /** Returns the passport in a representation of EN 18223. */
  toEn18223(representation?: 'compressed' | 'full'): JsonObject
  /** Returns what an audience may read. */
  view(audience: Audience, options?: { purpose?: string }): JsonObject
  /** Validates the passport at a time, by default now. */
  validate(options?: ValidateOptions): Report
  /** Returns the passport in the newest version of the data model, and the list of changes. */
  upgrade(): { passport: Passport; changes: Change[] }
}

/** What an envelope shows without a key. Believe it only once the envelope is opened. */
export class Envelope {
  private constructor()
  /** Reads an envelope without opening it. */
  static parse(envelope: string | Uint8Array): Envelope
  /** Whom the content is about: for device records the passport id. */
  readonly subject: string | undefined
  /** The recipients' key thumbprints. */
  readonly recipients: readonly string[]
}

/** A link to a passport, as on a battery's label. `String(link)` is its text. */
export class PassportLink {
  private constructor()
  /** Reads a link. */
  static parse(text: string): PassportLink
  /** Makes a link: a GS1 Digital Link of `gtin` and `serial`, or one by `passportId`. */
  static build(base: string, options: LinkOptions): PassportLink
  /** Scheme, host, port and leading path. */
  readonly base: string
  /** The GTIN as 14 digits. */
  readonly gtin: string | undefined
  readonly serial: string | undefined
  readonly passportId: string | undefined
  /** The thumbprint of the battery's key. */
  readonly key: string | undefined
  toString(): string
  toJSON(): string
}

/**
 * Signs a credential or a passport. `vc+jwt` and `vc+sd-jwt` give text, `vc+cose` bytes, the other
 * forms the credential with its proof inside.
 */
export function sign<S extends Securing = 'vc+jwt'>(
  credential: JsonObject | Passport,
  key: SigningKey,
  options?: SignOptions<S>,
): Secured<S>

/** Adds one more proof to a document that may have some already. Earlier proofs still hold. */
export function addProof(document: JsonObject, key: SigningKey, options?: AddProofOptions): JsonObject

/** Verifies a secured credential in any form and returns every rule that does not hold. */
export function verify(secured: Document, options?: VerifyOptions): VerifyReport

/** Signs a presentation as its holder. */
export function signPresentation<S extends Securing = 'vc+jwt'>(
  presentation: JsonObject,
  key: SigningKey,
  options?: PresentOptions<S>,
): Secured<S>

/**
 * Verifies a presentation and every credential in it. A replayed one is found by its challenge alone:
 * give one of your own making each time.
 */
export function verifyPresentation(secured: Document, options?: VerifyPresentationOptions): PresentationReport

/** Keeps the part of a `vc+sd-jwt` that a reader may see. The part still verifies. */
export function disclose(sdJwt: string, options?: DiscloseOptions): string

/** Derives from an `ecdsa-sd-2023` credential one that shows a part of it, and still verifies. */
export function derive(
  secured: JsonObject,
  selectivePointers: Iterable<string>,
  options?: { contexts?: { [url: string]: JsonObject } },
): JsonObject

/** Wraps a token or CBOR into JSON, so that it can stand in a presentation. */
export function toEnveloped(secured: Document): JsonObject

/** Takes a token or CBOR out of the JSON that wraps it; `undefined` for any other document. */
export function fromEnveloped(document: JsonObject): string | Uint8Array | undefined

/** Encrypts for one to eight recipients; each can open the envelope alone. */
export function encrypt<F extends EnvelopeFormat = 'cose'>(
  plaintext: Uint8Array,
  recipients: Iterable<PublicKey>,
  options?: EncryptOptions<F>,
): Sealed<F>

/** Opens an envelope of any format with one recipient's key. */
export function decrypt(envelope: string | Uint8Array, key: SigningKey, options?: DecryptOptions): Uint8Array

/** Encodes a record: up to 160 bytes. */
export function encodeRecord(record: DeviceRecord): Uint8Array
/** Decodes a record. */
export function decodeRecord(data: Uint8Array): ReadRecord
/** Signs a record as the device of a passport: COSE_Sign1. */
export function signRecord(record: DeviceRecord, key: SigningKey, options: { passportId: string }): Uint8Array
/** Verifies a signed record against the device's registered key and returns it. */
export function verifyRecord(data: Uint8Array, publicKey: PublicKey, options: { passportId: string }): ReadRecord
/** Returns the thumbprint of the key that a signed record names. Not verified. */
export function signedRecordKid(data: Uint8Array): string
/** Checks a record by the rules of plausibility, by itself and against the record before. */
export function checkRecord(record: DeviceRecord, options?: CheckRecordOptions): Report
/** Converts a record to the `batteryCondition` of a passport. */
export function recordToCondition(
  record: DeviceRecord,
  options?: { ratings?: JsonObject; receivedAt?: Time },
): JsonObject
/** Returns a passport with what a record reports. The one given stays as it is. */
export function applyRecord(record: DeviceRecord, passport: Passport, options?: { receivedAt?: Time }): Passport

/** Tells whether a text can be a passport id: 1 to 128 characters of visible ASCII. */
export function isValidPassportId(text: unknown): boolean

/** Draws a text as a QR code in SVG. */
export function qrSvg(text: string): string
/** Draws a text as a QR code in PNG, `scale` pixels per module (8 by default). */
export function qrPng(text: string, options?: { scale?: number }): Uint8Array
/** Draws a text as a QR code for a terminal. */
export function qrText(text: string): string

/** Returns the table of the 93 attributes, in the order of their numbers. */
export function attributes(): Attribute[]
/** Returns the purposes of legitimate interest and the points that serve each. */
export function purposes(): Purpose[]

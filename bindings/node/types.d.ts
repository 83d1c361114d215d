// What goes in and comes out of the functions of `batterypass` and `batterypass/promises`.

import type { Passport, PublicKey, SigningKey } from './index.js'

/** Any JSON object. */
export type JsonObject = { [name: string]: unknown }
/** A document: an object, JSON or a token as text, or bytes. */
export type Document = JsonObject | string | Uint8Array
/** A point in time: a `Date`, or text by RFC 3339. */
export type Time = Date | string

/** Who reads. */
export type Audience = 'public' | 'authority' | 'legitimate_interest' | 'operator'
/** How a credential is secured by a proof inside. */
export type Embedded = 'ecdsa-jcs-2019' | 'ecdsa-rdfc-2019' | 'ecdsa-sd-2023'
/** How a credential is secured as text. */
export type TextToken = 'vc+jwt' | 'vc+sd-jwt'
/** How a credential is secured. `eddsa-rdfc-2022` is verified, never issued. */
export type Securing = TextToken | 'vc+cose' | Embedded | 'eddsa-rdfc-2022'
/** What a form of securing gives. */
export type Secured<S> = S extends 'vc+cose' ? Uint8Array : S extends TextToken ? string : JsonObject
/** The category of a battery. */
export type Category = 'ev' | 'lmt' | 'industrial' | 'stationary'
/** What an operator may be. */
export type Role =
  | 'authority'
  | 'manufacturer'
  | 'importer'
  | 'reuse'
  | 'repurposing'
  | 'remanufacturing'
  | 'producer_responsibility'
  | 'waste_management'

/** One rule that does not hold. */
export interface Finding {
  /** The rule's code. */
  code: string
  /** Whether it decides the verdict. */
  severity: 'error' | 'warning' | 'info'
  /** JSON Pointer into the document, or into a token's header below `/protected`. */
  path: string
  /** What was expected. */
  detail: string
  /** Standard and clause of the rule. */
  reference: string
}

/** Everything that a validation found. */
export interface Report {
  /** Whether the passport is valid: no finding is an error. */
  ok: boolean
  /** Every finding, not only the first. */
  findings: Finding[]
}

/** A supporting credential in a chain of trust. */
export interface ChainLink {
  /** The type of the credential; empty where it cannot be read. */
  kind: string
  /** Who says so. */
  issuer: string
  /** About whom. */
  subject: string
  /** Whether it holds at the point in time, and its issuer may say so. */
  ok: boolean
  /** What is wrong with it or worth knowing. */
  findings: Finding[]
  /** From when on it is valid, where it says so. */
  validFrom: string | null
  /** Until when it is valid, where it says so. */
  validUntil: string | null
}

/** Everything that a verification found. */
export interface VerifyReport extends Report {
  /** The issuer that the credential names. Only proven when `ok` is true. */
  issuer: string | null
  /** How the credential is secured. */
  securing: Securing
  /** The credential without its proof. Anyone can have written it unless `ok` is true. */
  claims: JsonObject
  /** The chain from the issuer to a trust anchor, where one was asked for. */
  chain: ChainLink[]
}

/** Everything that the verification of a presentation found. */
export interface PresentationReport extends Report {
  /** Who presents. Only proven when `ok` is true. */
  holder: string | null
  /** How the presentation is secured. */
  securing: Securing
  /** The presentation without its proof. */
  claims: JsonObject
  /** A report for each credential in it. */
  credentials: VerifyReport[]
}

/** Options of `Passport.validate`. */
export interface ValidateOptions {
  /** `regulation` (default) is what the law asks of the battery's category, `wire` what upstream's schema accepts. */
  profile?: 'regulation' | 'wire'
  /** The time that is asked about, by default now; a day as `2027-02-18` too. */
  at?: Time
}

/** What an upgrade did with one member. */
export interface Change {
  /** JSON Pointer of the member before the change. */
  path: string
  /** JSON Pointer of the member after the change; `null` for a removed one. */
  to: string | null
  /** What was done; `kept` means as a member that the new version does not know. */
  kind: 'moved' | 'reshaped' | 'kept' | 'removed'
  /** Why, or what to mend. */
  detail: string
  /** The value of a removed member. */
  removed: unknown
}

/** What an element of an EN 18223 document says and a passport has no place for. */
export interface NotCarried {
  /** JSON Pointer in the imported document. */
  path: string
  /** The value there. */
  value: unknown
}

/** What an embedded proof or a presentation says beside its signature. */
export interface ProofOptions {
  /** The DID URL of the key; by default that of its `did:key`. */
  verificationMethod?: string
  /** When it was signed; by default now. Tokens of credentials have no place for it. */
  created?: Time
  /** Until when the signature may be relied on. */
  expires?: Time
  /** For whom it is signed. */
  domain?: string
  /** The challenge that it answers. */
  challenge?: string
  /** JSON-LD contexts by their URL, for the RDF suites. None is ever fetched. */
  contexts?: { [url: string]: JsonObject }
  /** Asks for RFC 6979: the same input gives the same signature. */
  deterministic?: boolean
}

/** Options of `addProof`. */
export interface AddProofOptions extends ProofOptions {
  /** The cryptosuite, by default `ecdsa-jcs-2019`. */
  securing?: Embedded
  /** The id of the proof, so that a later one can name it. */
  proofId?: string
  /** Ids of the proofs that this one covers. */
  previousProofs?: readonly string[]
  /** JSON Pointers that every credential derived from an `ecdsa-sd-2023` one shows. */
  mandatoryPointers?: readonly string[]
}

/** Options of `sign`. */
export interface SignOptions<S extends Securing = Securing> extends Omit<AddProofOptions, 'securing'> {
  /** The form, by default `vc+jwt`. */
  securing?: S
  /** The issuer, by default the DID of the key. */
  issuer?: string
  /** When the credential becomes valid. */
  validFrom?: Time
  /** When the credential expires. */
  validUntil?: Time
  /** The `credentialStatus`: its place in a status list. */
  status?: JsonObject
  /** How `vc+cose` names its algorithm, by default `ES256`. */
  coseAlgorithm?: 'ES256' | 'ESP256'
  /** What a `vc+sd-jwt` hides (JSON Pointers); by default all of a passport that is not public. */
  hide?: readonly string[]
  /** Hides how many members a `vc+sd-jwt` hides. */
  decoys?: boolean
  /** The key that may sign what is shown of a `vc+sd-jwt`. */
  holder?: PublicKey
}

/** Options of `signPresentation`. */
export interface PresentOptions<S extends Securing = Securing> extends ProofOptions {
  /** The form, by default `vc+jwt`. */
  securing?: S
}

/** Where documents come from: by name from an object, a `Map`, or a function. */
export type Source = { [name: string]: Document } | ReadonlyMap<string, Document> | ((name: string) => Document | null | undefined)
/** A source whose function may also return a promise. */
export type AsyncSource = Source | ((name: string) => Promise<Document | null | undefined>)

/** Someone whom a verifier trusts without a credential. */
export interface Anchor {
  /** The DID. */
  did: string
  /** What it may be or accredit others for; everything where absent. */
  roles?: readonly Role[]
  /** Its `economicOperatorId`, if it is an operator itself. */
  operatorId?: string
}

/** What decides about rights on a passport, where the passport itself is not at hand. */
export interface PassportFacts {
  /** `digitalProductPassportId`. */
  id: string
  /** `economicOperatorId`: who is responsible for it. */
  operatorId: string
  /** The GTIN of 14 digits. */
  model?: string
  /** `batteryCategory`. */
  category?: Category
}

/** Whom a verifier trusts, and what was presented in support. */
export interface Trust {
  /** Where a chain may end: DIDs or anchors. */
  anchors: Iterable<string | Anchor>
  /** Credentials that a chain may be made of, in any order and form. */
  support?: Iterable<Document>
  /** The longest chain, by default 8. */
  maxDepth?: number
  /** Who may be responsible for a passport; by default every role but `authority`. */
  roles?: readonly Role[]
  /** The passport that is asked about. */
  passport?: Passport | PassportFacts
}

/** What `verify` and `verifyPresentation` share. */
export interface AnswerOptions<S = Source> {
  /** The time that is asked about, by default now. */
  at?: Time
  /** Documents of DIDs that do not carry their key, such as `did:web`. */
  resolver?: S
  /** Secured status lists by their URL. Without it the status is not asked for. */
  status?: S
  /** Issuers of status lists that count for credentials of every issuer. */
  statusTrustedIssuers?: readonly string[]
  /** For whom it must have been signed. */
  domain?: string
  /** The challenge that it must answer. */
  challenge?: string
  /** Takes a key of someone else than the issuer as a warning only. */
  allowUnboundIssuer?: boolean
  /** JSON-LD contexts by their URL, for the RDF suites. */
  contexts?: { [url: string]: JsonObject }
  /** Whom to trust: a chain of credentials must lead from the issuer to an anchor. */
  trust?: Trust
}

/** Options of `verify`. */
export interface VerifyOptions<S = Source> extends AnswerOptions<S> {
  /** The key that the issuer must have, where it is known already. */
  issuerKey?: PublicKey
  /** How many seconds old a holder's key binding may be, by default 300. */
  keyBindingMaxAge?: number
}

/** Options of `verifyPresentation`. */
export interface VerifyPresentationOptions<S = Source> extends AnswerOptions<S> {
  /** The key that the holder must have, where it is known already. */
  holderKey?: PublicKey
}

/** Options of `disclose`. */
export interface DiscloseOptions {
  /** Who reads a passport. */
  audience?: Audience
  /** A purpose of `purposes()`, which narrows `legitimate_interest`. */
  purpose?: string
  /** What to keep (JSON Pointers); not together with an audience. */
  paths?: readonly string[]
  /** The holder's key, who signs for the recipient `aud` who asked with a `nonce`. */
  holderKey?: SigningKey
  /** What the recipient asked with. */
  nonce?: string
  /** The recipient. */
  aud?: string
  /** When the holder signs, by default now. */
  at?: Time
}

/** The format of an envelope. */
export type EnvelopeFormat = 'cose' | 'cose_encrypt0' | 'jwe' | 'jwe_compact'
/** What a format gives. */
export type Sealed<F> = F extends 'jwe' | 'jwe_compact' ? string : Uint8Array

/** Options of `encrypt`. */
export interface EncryptOptions<F extends EnvelopeFormat = EnvelopeFormat> extends DecryptOptions {
  /** `cose` (default) and `jwe` take 1 to 8 recipients, the other two take one. */
  format?: F
  /** What the envelope says readably about its content, such as a passport id. */
  subject?: string
}

/** Options of `decrypt`. */
export interface DecryptOptions {
  /** Data that both sides know and that is authenticated with the content. */
  aad?: Uint8Array
}

/** Parts of a link. Give `gtin` and `serial`, or `passportId`. */
export interface LinkOptions {
  gtin?: string
  serial?: string
  passportId?: string
  /** The battery's key or its thumbprint. */
  key?: PublicKey | string
}

/** One attribute of a battery passport. */
export interface Attribute {
  /** Number in the BatteryPass longlist and in DIN DKE SPEC 99100, 1 to 93. */
  number: number
  /** Clause of DIN DKE SPEC 99100:2025-02. */
  clause: string
  name: string
  /** Where the value is, from the top of a passport: in any of these. */
  paths: string[]
  /** Every leaf that belongs to the attribute. */
  leaves: string[]
  /** Point of Annex XIII: who may read it. */
  point: 1 | 2 | 3 | 4
  /** Whether it must be given. */
  obligation: Record<Category, 'mandatory' | 'conditional' | 'voluntary' | 'not_applicable'>
  /** Rule of the Commission's guidance of 28 July 2026. */
  guidance: Record<Category, 'mandatory' | 'conditional' | 'not_to_be_filled' | null>
  /** Day from which the law asks for it, where that is later than 18 February 2027. */
  appliesFrom: string | null
  /** Whether the value changes while the battery is in use. */
  dynamic: boolean
  update: 'none' | 'status_change' | 'continuous'
  granularity: 'model' | 'item'
  /** Unit that the law or the DIN SPEC gives. */
  unit: string | null
  /** Unit of the number in the document. */
  wireUnit: string | null
  /** Articles and annexes of Regulation (EU) 2023/1542, or `none`. */
  reference: string
  note: string | null
}

/** A purpose of legitimate interest, Art. 77(2). */
export interface Purpose {
  name: string
  /** Who has it and what for. */
  about: string
  /** Points of Annex XIII that serve it. */
  points: (1 | 2 | 3 | 4)[]
  reference: string
}

/** What a battery reports at one moment. The unit is the end of the name; what is absent the device does not know. */
export interface DeviceRecord {
  /** Number of the record; grows with each record of a device key and is never used twice. */
  sequence: bigint | number
  /** Time of measurement: Unix seconds, or seconds since boot where the quality says so. */
  deviceTimeS: number
  /** Where the time comes from, by default `unset`. */
  timeQuality?: 'unset' | 'gateway' | 'synchronised'
  /** State of charge in 0.1 %. */
  stateOfChargePermille: number
  /** State of certified energy in 0.1 % (EV). */
  stateOfCertifiedEnergyPermille?: number
  /** Capacity of the full battery as it is now (LMT, industrial). */
  remainingCapacityMah?: number
  /** Usable energy of the full battery as it is now (EV). */
  remainingEnergyWh?: number
  /** Power that the battery can give at this state of charge (LMT, industrial). */
  remainingPowerW?: number
  /** Round-trip energy efficiency in 0.1 % (LMT, industrial). */
  roundTripEfficiencyPermille?: number
  /** Self-discharge in millionths of the capacity a month (industrial). */
  selfDischargePpmPerMonth?: number
  internalResistanceUohm?: number
  packVoltageMv: number
  cellVoltageMinMv: number
  cellVoltageMaxMv: number
  /** Pack current; positive while charging. */
  currentMa: number
  /** Temperatures in 0.1 degree Celsius, one a sensor, up to 8. */
  temperaturesDdegc?: readonly number[]
  timeAboveLimitMin?: number
  timeBelowLimitMin?: number
  timeAboveLimitChargingMin?: number
  timeBelowLimitChargingMin?: number
  /** Full equivalent charging and discharging cycles. */
  fullCycles: number
  energyThroughputWh?: number
  capacityThroughputMah?: number
  deepDischargeEvents?: number
  overchargeEvents?: number
  overTemperatureEvents?: number
  overCurrentEvents?: number
  accidentEvents?: number
}

/** A record as it is read: its number is a `bigint`. */
export interface ReadRecord extends DeviceRecord {
  sequence: bigint
  timeQuality: 'unset' | 'gateway' | 'synchronised'
  temperaturesDdegc: number[]
}

/** Options of `checkRecord`. */
export interface CheckRecordOptions {
  /** The record before, of the same device key. */
  previous?: DeviceRecord
  /** When the record came: its time must not be in the future. */
  receivedAt?: Time
  /** What the battery can carry: throughput cannot grow faster. */
  maxCurrentMa?: number
  maxPowerW?: number
}

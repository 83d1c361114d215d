'use strict'
// Credentials and presentations.

const addon = require('./native.cjs')
const { native } = require('./run.cjs')
const { Passport, passportHandle } = require('./passport.cjs')
const { publicHandle, signingHandle } = require('./keys.cjs')
const { withSources } = require('./sources.cjs')
const { now, onlyKnown, toDocument, toInner, toJson, toTime } = require('./values.cjs')

const PROOF = ['created', 'expires', 'domain', 'challenge', 'proofId', 'previousProofs', 'mandatoryPointers', 'contexts']
const PRESENT = ['securing', 'verificationMethod', 'created', 'expires', 'domain', 'challenge', 'contexts', 'deterministic']
const ADD = ['securing', 'verificationMethod', ...PROOF, 'deterministic']
const SIGN = [...ADD, 'issuer', 'validFrom', 'validUntil', 'status', 'coseAlgorithm', 'hide', 'decoys', 'holder']
const ANSWER = ['at', 'resolver', 'status', 'statusTrustedIssuers', 'domain', 'challenge', 'allowUnboundIssuer', 'contexts', 'trust']
const VERIFY = [...ANSWER, 'issuerKey', 'keyBindingMaxAge']
const VERIFY_PRESENTATION = [...ANSWER, 'holderKey']

const TOKENS = ['vc+jwt', 'vc+sd-jwt', 'vc+cose']
const TIMES = ['created', 'expires', 'validFrom', 'validUntil']

/** The options of an issuing call as JSON, and in which form the result comes. */
function issuing(options, known, securing) {
  const given = { securing, ...onlyKnown(options, known), now: now() }
  delete given.holder
  for (const name of TIMES) given[name] = toTime(given[name], `/${name}`)
  return { text: toJson(given, ''), embedded: !TOKENS.includes(given.securing) }
}

const shaped = (made, embedded) => (embedded ? JSON.parse(made) : made)

function* sign(credential, key, options = {}) {
  const document = credential instanceof Passport ? passportHandle(credential) : toJson(credential, '/credential')
  const handle = signingHandle(key)
  const { text, embedded } = issuing(options, SIGN, 'vc+jwt')
  const holder = publicHandle(options.holder, '/holder')
  const made = yield native((later) => addon.sign(document, handle, text, holder, later))
  return shaped(made, embedded)
}

function* addProof(document, key, options = {}) {
  const [json, handle] = [toJson(document, '/document'), signingHandle(key)]
  const { text } = issuing(options, ADD, 'ecdsa-jcs-2019')
  return JSON.parse(yield native((later) => addon.addProof(json, handle, text, later)))
}

function* signPresentation(presentation, key, options = {}) {
  const [json, handle] = [toJson(presentation, '/presentation'), signingHandle(key)]
  const { text, embedded } = issuing(options, PRESENT, 'vc+jwt')
  const made = yield native((later) => addon.signPresentation(json, handle, text, later))
  return shaped(made, embedded)
}

/** Whom to trust; anchors may be given as DIDs alone, supporting credentials in any form. */
function trusted(trust) {
  if (trust === undefined) return undefined
  const { anchors, support = [], ...rest } = onlyKnown(trust, ['anchors', 'support', 'maxDepth', 'roles', 'passport'])
  const facts = rest.passport instanceof Passport ? factsOf(rest.passport) : rest.passport
  return {
    ...rest,
    passport: facts,
    anchors: [...anchors].map((anchor) => (typeof anchor === 'string' ? { did: anchor } : anchor)),
    support: [...support].map((given) => toInner(given, '/trust/support')),
  }
}

function factsOf(passport) {
  return JSON.parse(addon.passportFacts(passportHandle(passport)))
}

/** One verification: what `verify` and `verifyPresentation` share. */
function* verification(call, secured, options, known, key) {
  const document = toDocument(secured, '/secured')
  onlyKnown(options, known)
  const { at, domain, challenge, keyBindingMaxAge, allowUnboundIssuer, contexts } = options
  const given = { domain, challenge, keyBindingMaxAge, allowUnboundIssuer, contexts }
  given.at = toTime(at, '/at') ?? now()
  given.trust = trusted(options.trust)
  const handle = publicHandle(options[key], `/${key}`)
  return yield* withSources(options, (sources) => {
    const text = toJson({ ...given, sources }, '')
    return native((later) => call(document, handle, text, later))
  })
}

/** Gives a report its claims: read from their text when somebody asks for them. */
function withClaims({ report, claims }) {
  return Object.defineProperty(report, 'claims', {
    configurable: true,
    enumerable: true,
    get() {
      const value = JSON.parse(claims)
      Object.defineProperty(this, 'claims', { value, configurable: true, enumerable: true, writable: true })
      return value
    },
  })
}

function* verify(secured, options = {}) {
  return withClaims(yield* verification(addon.verify, secured, options, VERIFY, 'issuerKey'))
}

function* verifyPresentation(secured, options = {}) {
  const found = yield* verification(addon.verifyPresentation, secured, options, VERIFY_PRESENTATION, 'holderKey')
  const report = withClaims(found)
  report.credentials = report.credentials.map(withClaims)
  return report
}

function* disclose(sdJwt, options = {}) {
  const { holderKey, at, ...rest } = onlyKnown(options, ['audience', 'purpose', 'paths', 'holderKey', 'nonce', 'aud', 'at'])
  const holder = holderKey === undefined ? undefined : signingHandle(holderKey, '/holderKey')
  const text = toJson({ ...rest, at: toTime(at, '/at') ?? now() }, '')
  return yield native((later) => addon.disclose(String(sdJwt), holder, text, later))
}

function* derive(secured, selectivePointers, options = {}) {
  const { contexts } = onlyKnown(options, ['contexts'])
  const [json, given] = [toJson(secured, '/secured'), contexts && toJson(contexts, '/contexts')]
  return JSON.parse(yield native((later) => addon.derive(json, [...selectivePointers], given, later)))
}

function* toEnveloped(secured) {
  return JSON.parse(addon.toEnveloped(toDocument(secured, '/secured')))
}

function* fromEnveloped(document) {
  return addon.fromEnveloped(toJson(document, '/document')) ?? undefined
}

module.exports = { addProof, derive, disclose, fromEnveloped, sign, signPresentation, toEnveloped, verify, verifyPresentation }

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  Passport,
  SigningKey,
  addProof,
  derive,
  disclose,
  fromEnveloped,
  sign,
  signPresentation,
  toEnveloped,
  verify,
  verifyPresentation,
} from 'batterypass'
import * as promises from 'batterypass/promises'
import { exampleObject, refused, rejected } from './common.mjs'

const AT = '2027-02-18T00:00:00Z'
const FORMS = ['vc+jwt', 'vc+sd-jwt', 'vc+cose', 'ecdsa-jcs-2019', 'ecdsa-rdfc-2019', 'ecdsa-sd-2023']
const SHAPES = { 'vc+jwt': 'string', 'vc+sd-jwt': 'string' }

const issuer = SigningKey.generate()
const passport = Passport.parse(exampleObject('ev-battery'))
const small = { type: 'ExampleCredential', credentialSubject: { id: 'urn:example:1' } }

for (const securing of FORMS) {
  test(`${securing}: issued, verified, and refused where it was changed`, async () => {
    for (const signed of [sign(passport, issuer, { securing }), await promises.sign(passport, issuer, { securing })]) {
      // What the issuer of an ecdsa-sd-2023 proof hands out is for its holder, who derives what is shown.
      const made = securing === 'ecdsa-sd-2023' ? derive(signed, ['/credentialSubject']) : signed
      assert.equal(typeof made, SHAPES[securing] ?? 'object')
      assert.equal(made instanceof Uint8Array, securing === 'vc+cose')
      const report = verify(made, { at: AT, issuerKey: issuer.publicKey })
      assert.deepEqual([report.ok, report.securing, report.issuer], [true, securing, issuer.did])
      assert.deepEqual(report.chain, [])
      assert.deepEqual((await promises.verify(made, { at: AT })).claims, report.claims)
      assert.equal(verify(made, { at: AT, issuerKey: SigningKey.generate().publicKey }).ok, false)
      assert.equal(verify(made, { at: AT, challenge: 'x' }).ok, false)
    }
    const changed = changedOf(sign(small, issuer, { securing }))
    assert.equal(outcome(() => verify(changed, { at: AT })), false)
  })
}

/** The credential with one character, byte or member changed. */
function changedOf(made) {
  if (typeof made === 'string') {
    const place = made.lastIndexOf('.') - 5
    return made.slice(0, place) + (made[place] === 'A' ? 'B' : 'A') + made.slice(place + 1)
  }
  if (made instanceof Uint8Array) {
    const copy = Uint8Array.from(made)
    copy[copy.length - 1] ^= 1
    return copy
  }
  return { ...made, credentialSubject: { id: 'urn:example:2' } }
}

/** The verdict; input that can no longer be read at all is as good as a bad one. */
function outcome(call) {
  try {
    return call().ok
  } catch (error) {
    assert.ok(error.code, error.stack)
    return false
  }
}

test('deterministic signatures repeat', () => {
  const options = { deterministic: true, validFrom: new Date('2026-01-01'), validUntil: AT }
  assert.equal(sign(small, issuer, options), sign(small, issuer, options))
  const report = verify(sign(small, issuer, options), { at: '2028-01-01T00:00:00Z' })
  assert.equal(report.ok, false)
})

test('each audience gets its part of one signed passport', () => {
  const token = sign(passport, issuer, { securing: 'vc+sd-jwt' })
  for (const audience of ['public', 'authority', 'legitimate_interest', 'operator']) {
    const part = disclose(token, { audience })
    const report = verify(part, { at: AT, issuerKey: issuer.publicKey })
    assert.equal(report.ok, true)
    const { type, ...subject } = report.claims.credentialSubject
    assert.equal(type, 'BatteryPassport')
    const { id, ...shown } = subject
    assert.deepEqual(shown, passport.view(audience))
  }
  refused(() => disclose(token, { audience: 'public', paths: [] }), 'invalid_argument', { path: '/paths' })
})

test('a holder signs for who asked', () => {
  const holder = SigningKey.generate()
  const token = sign(passport, issuer, { securing: 'vc+sd-jwt', holder: holder.publicKey })
  const asked = { holderKey: holder, nonce: 'n-1', aud: 'https://asker.example', at: AT }
  const shown = disclose(token, { audience: 'public', ...asked })
  const answer = { at: AT, domain: 'https://asker.example', challenge: 'n-1' }
  assert.equal(verify(shown, answer).ok, true)
  assert.equal(verify(shown, { ...answer, challenge: 'n-2' }).ok, false)
  assert.equal(verify(shown, { ...answer, at: '2027-02-18T01:00:00Z' }).ok, false)
  assert.equal(verify(disclose(token, { audience: 'public' }), answer).ok, false)
  refused(() => disclose(token, { nonce: 'n' }), 'invalid_argument', { path: '/holderKey' })
})

test('proofs are added, and parts derived', () => {
  const second = SigningKey.generate()
  const signed = sign(small, issuer, { securing: 'ecdsa-jcs-2019' })
  const twice = addProof(signed, second, { challenge: 'c' })
  assert.equal(twice.proof.length, 2)
  assert.equal(verify(signed, { at: AT }).ok, true)

  const base = sign(passport, issuer, { securing: 'ecdsa-sd-2023', mandatoryPointers: ['/issuer'] })
  const derived = derive(base, ['/credentialSubject/digitalProductPassportId'])
  const { ok, claims } = verify(derived, { at: AT })
  assert.equal(ok, true)
  assert.equal(claims.credentialSubject.digitalProductPassportId, passport.id)
  assert.equal(claims.credentialSubject.generalProductInformation, undefined)
})

test('a presentation answers a challenge', async () => {
  const credential = toEnveloped(sign(small, issuer))
  assert.equal(fromEnveloped(credential), fromEnveloped(toEnveloped(fromEnveloped(credential))))
  assert.equal(fromEnveloped({}), undefined)
  const presentation = { type: 'VerifiablePresentation', holder: issuer.did, verifiableCredential: [credential] }
  for (const securing of ['vc+jwt', 'ecdsa-jcs-2019', 'vc+cose']) {
    const shown = signPresentation(presentation, issuer, { securing, challenge: 'c', domain: 'd.example' })
    const report = verifyPresentation(shown, { challenge: 'c', domain: 'd.example' })
    assert.deepEqual([report.ok, report.holder, report.credentials.length], [true, issuer.did, 1])
    assert.equal((await promises.verifyPresentation(shown, { challenge: 'other' })).ok, false)
  }
})

const organisation = SigningKey.generate()
const did = 'did:web:maker.example'
const didDocument = {
  '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/jwk/v1'],
  id: did,
  verificationMethod: [
    { id: `${did}#k`, type: 'JsonWebKey', controller: did, publicKeyJwk: organisation.publicKey.toJwk() },
  ],
  assertionMethod: [`${did}#k`],
}
const byOrganisation = sign(small, organisation, { issuer: did, verificationMethod: `${did}#k` })
const codes = ({ findings }) => findings.filter(({ severity }) => severity === 'error').map(({ code }) => code)

test('resolvers: objects, maps, functions, promises', async () => {
  assert.deepEqual(codes(verify(byOrganisation)), ['did_not_resolved'])
  for (const resolver of [{ [did]: didDocument }, new Map([[did, didDocument]]), () => didDocument, () => JSON.stringify(didDocument)]) {
    assert.equal(verify(byOrganisation, { resolver }).ok, true)
    assert.equal((await promises.verify(byOrganisation, { resolver })).ok, true)
  }
  const asked = []
  const resolver = async (name) => {
    asked.push(name)
    return didDocument
  }
  assert.equal((await promises.verify(byOrganisation, { resolver })).ok, true)
  assert.deepEqual(asked, [did])
  const report = verify(byOrganisation, { resolver })
  assert.match(report.findings.find(({ code }) => code === 'did_not_resolved').detail, /promises/)
})

test('what a resolver throws is a finding', async () => {
  const resolver = () => {
    throw new Error('the net is down')
  }
  for (const report of [verify(byOrganisation, { resolver }), await promises.verify(byOrganisation, { resolver })]) {
    assert.equal(report.ok, false)
    assert.match(report.findings.find(({ code }) => code === 'did_not_resolved').detail, /the net is down/)
  }
  refused(() => verify(byOrganisation, { resolver: 7 }), 'invalid_argument', { path: '/resolver' })
})

test('a status that cannot be learnt is an error', () => {
  const url = 'https://status.example/1'
  const entry = {
    type: 'BitstringStatusListEntry',
    statusPurpose: 'revocation',
    statusListIndex: '94567',
    statusListCredential: url,
  }
  const credential = sign(small, issuer, { status: entry })
  assert.equal(verify(credential).ok, true)
  assert.equal(verify(credential, { status: {} }).ok, false)
  assert.equal(verify(credential, { status: () => 'no list' }).ok, false)
})

test('a chain leads to an anchor, or not', () => {
  const credential = sign(passport, issuer)
  const trust = (anchor) => ({ anchors: [anchor], passport })
  assert.equal(verify(credential, { trust: trust(issuer.did) }).ok, true)
  assert.equal(verify(credential, { trust: trust(SigningKey.generate().did) }).ok, false)
  refused(() => verify(credential, { trust: { anchors: [], rolls: [] } }), 'invalid_argument', { path: '/rolls' })
})

test('misspelt options and wrong types are refused', async () => {
  refused(() => sign(small, issuer, { secured: 'vc+jwt' }), 'invalid_argument', { path: '/secured' })
  refused(() => sign(small, issuer, { securing: 'none' }), 'invalid_argument', { path: '/securing' })
  refused(() => sign(small, issuer.publicKey), 'invalid_argument', { path: '/key' })
  refused(() => verify('x', { at: 'yesterday' }), 'invalid_argument', { path: '/at' })
  refused(() => verify('x', { at: new Date(Number.NaN) }), 'invalid_argument', { path: '/at' })
  await rejected(promises.verify(7), 'invalid_argument', { path: '/secured' })
  refused(() => sign({ ...small, credentialSubject: { value: Infinity } }, issuer), 'invalid_argument')
})

import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, sign as nodeSign } from 'node:crypto'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { PublicKey, SigningKey } from 'batterypass'
import { refused } from './common.mjs'

test('keys go to Node and back', () => {
  const key = SigningKey.generate()
  const native = createPrivateKey(key.toPem())
  assert.equal(native.asymmetricKeyDetails.namedCurve, 'prime256v1')
  const pem = native.export({ type: 'pkcs8', format: 'pem' })
  assert.ok(SigningKey.fromPem(pem).publicKey.equals(key.publicKey))
  assert.ok(SigningKey.fromJwk(native.export({ format: 'jwk' })).publicKey.equals(key.publicKey))

  const jwk = createPublicKey(native).export({ format: 'jwk' })
  assert.deepEqual({ ...key.publicKey.toJwk() }, { kty: 'EC', crv: 'P-256', x: jwk.x, y: jwk.y })
  assert.ok(nodeSign('sha256', Buffer.from('x'), native).length > 0)
})

test('public keys have one identity in every form', () => {
  const { publicKey } = SigningKey.generate()
  assert.equal(publicKey.toSec1().length, 65)
  assert.equal(publicKey.toSec1({ compressed: true }).length, 33)
  for (const same of [
    PublicKey.fromDid(publicKey.did),
    PublicKey.fromJwk(publicKey.toJwk()),
    PublicKey.fromSec1(publicKey.toSec1()),
    PublicKey.fromSec1(Buffer.from(publicKey.toSec1({ compressed: true }))),
  ]) {
    assert.equal(same.thumbprint, publicKey.thumbprint)
    assert.ok(same.equals(publicKey))
  }
  assert.match(publicKey.didJwk, /^did:jwk:/)
  assert.ok(!publicKey.equals(SigningKey.generate().publicKey))
})

test('a secret shows nowhere by accident', () => {
  const key = SigningKey.generate()
  const { d } = key.toJwk()
  const shown = [inspect(key), inspect({ key }, { showHidden: true, depth: 9 }), String(key), Object.keys(key).join()]
  for (const where of shown) assert.ok(!where.includes(d))
  assert.throws(() => JSON.stringify({ key }), TypeError)
  assert.deepEqual(Object.keys(structuredClone(key)), [])
  assert.throws(() => new SigningKey(), TypeError)
})

test('what is no key is refused', () => {
  refused(() => SigningKey.fromPem('-----BEGIN NOTHING-----'), 'invalid_key')
  refused(() => PublicKey.fromSec1(new Uint8Array(65)), 'invalid_key')
  refused(() => PublicKey.fromDid('did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK'), 'invalid_did')
  refused(() => PublicKey.fromJwk('text'), 'invalid_argument', { path: '/jwk' })
})

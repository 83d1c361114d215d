'use strict'
// Keys: handles of what the addon holds.

const { inspect } = require('node:util')
const addon = require('./native.cjs')
const { sync } = require('./run.cjs')
const { invalid } = require('./errors.cjs')
const { toJson } = require('./values.cjs')

const handles = new WeakMap()

/** The handle of a key, or of nothing where none is needed. */
function handleOf(key, Class, path) {
  if (!(key instanceof Class)) throw invalid(path, `expected a ${Class.name}`)
  return handles.get(key)
}

/** Wraps a handle. The constructors of both classes are not for users. */
function wrap(Class, handle) {
  const key = Object.create(Class.prototype)
  handles.set(key, handle)
  return Object.freeze(key)
}

const made = (Class, read) => sync(function* (given) { return wrap(Class, read(given)) })
const told = (read) => sync(function* (key) { return read(handles.get(key)) })

class SigningKey {
  constructor() {
    throw new TypeError('use SigningKey.generate, fromPem or fromJwk')
  }
  static generate() { return generate() }
  static fromPem(text) { return fromPem(String(text)) }
  static fromJwk(jwk) { return fromJwk(toJson(jwk, '/jwk')) }
  toPem() { return toPem(this) }
  toJwk() { return JSON.parse(toJwk(this)) }
  get publicKey() { return wrap(PublicKey, addon.keyPublic(handles.get(this))) }
  get did() { return this.publicKey.did }
  get didJwk() { return this.publicKey.didJwk }
  toJSON() { throw new TypeError('a signing key is a secret and is not written to JSON; use toJwk()') }
  [inspect.custom]() { return `SigningKey <${this.publicKey.thumbprint}>` }
}

class PublicKey {
  constructor() {
    throw new TypeError('use PublicKey.fromDid, fromJwk or fromSec1')
  }
  static fromDid(did) { return fromDid(String(did)) }
  static fromJwk(jwk) { return publicFromJwk(toJson(jwk, '/jwk')) }
  static fromSec1(data) { return fromSec1(data) }
  toSec1({ compressed = false } = {}) { return addon.publicToSec1(handles.get(this), compressed) }
  toJwk() { return JSON.parse(addon.publicToJwk(handles.get(this))) }
  get did() { return addon.publicDid(handles.get(this)) }
  get didJwk() { return addon.publicDidJwk(handles.get(this)) }
  get thumbprint() { return addon.publicThumbprint(handles.get(this)) }
  equals(other) { return other instanceof PublicKey && other.thumbprint === this.thumbprint }
  toJSON() { return this.toJwk() }
  [inspect.custom]() { return `PublicKey <${this.thumbprint}>` }
}

const generate = made(SigningKey, addon.keyGenerate)
const fromPem = made(SigningKey, addon.keyFromPem)
const fromJwk = made(SigningKey, addon.keyFromJwk)
const toPem = told(addon.keyToPem)
const toJwk = told(addon.keyToJwk)
const fromDid = made(PublicKey, addon.publicFromDid)
const publicFromJwk = made(PublicKey, addon.publicFromJwk)
const fromSec1 = made(PublicKey, addon.publicFromSec1)

const signingHandle = (key, path = '/key') => handleOf(key, SigningKey, path)
const publicHandle = (key, path) => (key === undefined ? undefined : handleOf(key, PublicKey, path))

module.exports = { PublicKey, SigningKey, publicHandle, signingHandle }

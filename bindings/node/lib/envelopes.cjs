'use strict'
// Envelopes: content that only its recipients can read.

const addon = require('./native.cjs')
const { native, sync } = require('./run.cjs')
const { publicHandle, signingHandle } = require('./keys.cjs')
const { invalid } = require('./errors.cjs')
const { onlyKnown } = require('./values.cjs')

const NOTHING = new Uint8Array()

function bytes(value, path) {
  if (value instanceof Uint8Array) return value
  throw invalid(path, 'expected a Uint8Array')
}

function* encrypt(plaintext, recipients, options = {}) {
  const { format = 'cose', aad = NOTHING, subject } = onlyKnown(options, ['format', 'aad', 'subject'])
  const keys = [...recipients].map((key, index) => publicHandle(key ?? null, `/recipients/${index}`))
  const [content, associated] = [bytes(plaintext, '/plaintext'), bytes(aad, '/aad')]
  return yield native((later) => addon.encrypt(content, keys, format, associated, subject, later))
}

function* decrypt(envelope, key, options = {}) {
  const { aad = NOTHING } = onlyKnown(options, ['aad'])
  const [sealed, handle, associated] = [textOrBytes(envelope), signingHandle(key), bytes(aad, '/aad')]
  return yield native((later) => addon.decrypt(sealed, handle, associated, later))
}

function textOrBytes(envelope) {
  return typeof envelope === 'string' ? envelope : bytes(envelope, '/envelope')
}

const parse = sync(function* (envelope) { return JSON.parse(addon.envelopeParse(textOrBytes(envelope))) })

class Envelope {
  constructor(shown) {
    this.subject = shown.subject ?? undefined
    this.recipients = Object.freeze(shown.recipients)
    Object.freeze(this)
  }
  static parse(envelope) { return new Envelope(parse(envelope)) }
}

module.exports = { Envelope, decrypt, encrypt }

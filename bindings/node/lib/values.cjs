'use strict'
// Values on their way to the addon: documents as JSON text, times as RFC 3339.

const { invalid } = require('./errors.cjs')

/** JSON.stringify writes `null` for what JSON cannot say. A signature must not cover that. */
function faithful(key, value) {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw invalid(pointer(key), 'not a finite number')
  }
  if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'function') {
    throw invalid(pointer(key), `JSON has no ${typeof value}`)
  }
  if (Array.isArray(this) && value === undefined) throw invalid(pointer(key), 'undefined in an array')
  return value
}

const pointer = (key) => (key === '' ? '' : `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)

/** Writes an object as JSON text. */
function toJson(value, path) {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) {
    throw invalid(path, 'expected an object')
  }
  return JSON.stringify(value, faithful)
}

/** A document in any form: text and bytes as they are, objects as text. */
function toDocument(value, path) {
  if (typeof value === 'string' || value instanceof Uint8Array) return value
  return toJson(value, path)
}

/** A document within options, where bytes need a form of their own. */
function toInner(value, path) {
  const document = toDocument(value, path)
  if (typeof document === 'string') return document
  return { bytes: Buffer.from(document).toString('base64url') }
}

/** A time: a Date, or text. */
function toTime(value, path) {
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined
  if (value instanceof Date && !Number.isNaN(value.valueOf())) return value.toISOString()
  throw invalid(path, 'expected an RFC 3339 time or a Date')
}

const now = () => new Date().toISOString()

/** Refuses options that nobody reads, misspelt ones above all. */
function onlyKnown(options, known) {
  if (typeof options !== 'object' || options === null) throw invalid('', 'expected an object of options')
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw invalid(`/${name}`, 'no such option')
  }
  return options
}

module.exports = { now, onlyKnown, toDocument, toInner, toJson, toTime }

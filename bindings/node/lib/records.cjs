'use strict'
// Device records: what a battery reports, in whole numbers whose unit is the end of their name.

const addon = require('./native.cjs')
const { sync } = require('./run.cjs')
const { passportHandle, Passport, wrap } = require('./passport.cjs')
const { publicHandle, signingHandle } = require('./keys.cjs')
const { invalid } = require('./errors.cjs')
const { now, onlyKnown, toJson, toTime } = require('./values.cjs')

const QUALITIES = { unset: 'Unset', gateway: 'Gateway', synchronised: 'Synchronised' }

const camel = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase())
/** Names on the wire by their names here. */
const names = new Map(addon.recordFields().map((name) => [camel(name), name]))

/** Writes a record for the addon. What is absent the device does not know. */
function toWire(record, path = '/record') {
  onlyKnown(record, [...names.keys()])
  const fields = {}
  for (const [name, wire] of names) fields[wire] = record[name] ?? null
  fields.time_quality = QUALITIES[record.timeQuality ?? 'unset']
  if (fields.time_quality === undefined) throw invalid('/time_quality', `expected ${Object.keys(QUALITIES).join(', ')}`)
  fields.temperatures_ddegc ??= []
  // As text: a sequence number can pass 2^53.
  if (!['bigint', 'number'].includes(typeof record.sequence)) throw invalid('/sequence', 'expected a bigint or a number')
  if (typeof record.sequence === 'number' && !Number.isSafeInteger(record.sequence)) throw invalid('/sequence', 'not a whole number below 2^53: give a bigint')
  fields.sequence = String(record.sequence)
  return toJson(fields, path)
}

function fromWire(text) {
  const fields = JSON.parse(text)
  const record = {}
  for (const [name, wire] of names) if (fields[wire] !== null) record[name] = fields[wire]
  record.sequence = BigInt(fields.sequence)
  record.timeQuality = fields.time_quality.toLowerCase()
  return record
}

function received(options) {
  return toTime(options.receivedAt, '/receivedAt') ?? now()
}

function passportIdOf(options) {
  const { passportId } = onlyKnown(options, ['passportId'])
  if (typeof passportId !== 'string') throw invalid('/passportId', 'expected the id of the passport')
  return passportId
}

function bytes(data) {
  if (data instanceof Uint8Array) return data
  throw invalid('/data', 'expected a Uint8Array')
}

const encodeRecord = sync(function* (record) { return addon.recordEncode(toWire(record)) })
const decodeRecord = sync(function* (data) { return fromWire(addon.recordDecode(bytes(data))) })
const signedRecordKid = sync(function* (data) { return addon.recordKid(bytes(data)) })

const signRecord = sync(function* (record, key, options = {}) {
  return addon.recordSign(toWire(record), signingHandle(key), passportIdOf(options))
})

const verifyRecord = sync(function* (data, publicKey, options = {}) {
  const key = publicHandle(publicKey ?? null, '/publicKey')
  return fromWire(addon.recordVerify(bytes(data), key, passportIdOf(options)))
})

const checkRecord = sync(function* (record, options = {}) {
  const { previous, receivedAt, ...rates } = onlyKnown(options, ['previous', 'receivedAt', 'maxCurrentMa', 'maxPowerW'])
  const before = previous === undefined ? undefined : toWire(previous, '/previous')
  const given = toJson({ ...rates, receivedAt: toTime(receivedAt, '/receivedAt') }, '')
  return JSON.parse(addon.recordCheck(toWire(record), before, given))
})

const recordToCondition = sync(function* (record, options = {}) {
  const { ratings } = onlyKnown(options, ['ratings', 'receivedAt'])
  const text = ratings === undefined ? undefined : toJson(ratings, '/ratings')
  return JSON.parse(addon.recordToCondition(toWire(record), text, received(options)))
})

const applyRecord = sync(function* (record, passport, options = {}) {
  onlyKnown(options, ['receivedAt'])
  if (!(passport instanceof Passport)) throw invalid('/passport', 'expected a Passport')
  const [handle] = addon.recordApply(toWire(record), passportHandle(passport), received(options))
  return wrap(handle)
})

module.exports = {
  applyRecord,
  checkRecord,
  decodeRecord,
  encodeRecord,
  recordToCondition,
  signRecord,
  signedRecordKid,
  verifyRecord,
}

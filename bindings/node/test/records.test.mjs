import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import {
  Passport,
  SigningKey,
  applyRecord,
  checkRecord,
  decodeRecord,
  encodeRecord,
  recordToCondition,
  signRecord,
  signedRecordKid,
  verifyRecord,
} from 'batterypass'
import { exampleObject, refused } from './common.mjs'

const vectors = JSON.parse(
  // Numbers past 2^53 stay what they are as text.
  readFileSync(new URL('../../../schemas/vectors/records.json', import.meta.url), 'utf8').replace(
    /"sequence": (\d+)/g,
    '"sequence": "$1"',
  ),
)
const QUALITIES = ['unset', 'gateway', 'synchronised']
const camel = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase())

/** A record of the vectors in the shape that it has here. */
function shaped(fields) {
  const entries = Object.entries(fields).filter(([, value]) => value !== null)
  const record = Object.fromEntries(entries.map(([name, value]) => [camel(name), value]))
  return { ...record, sequence: BigInt(fields.sequence), timeQuality: QUALITIES[fields.time_quality] }
}

test('the vectors that all languages share', () => {
  assert.deepEqual([vectors.records.length, vectors.refused.length], [6, 9])
  for (const { id, fields, hex } of vectors.records) {
    assert.equal(Buffer.from(encodeRecord(shaped(fields))).toString('hex'), hex, id)
    assert.deepEqual(decodeRecord(Buffer.from(hex, 'hex')), shaped(fields), id)
  }
  for (const { id, hex, code, path } of vectors.refused) {
    refused(() => decodeRecord(Buffer.from(hex, 'hex')), code, { path }, id)
  }
})

const passport = Passport.parse(exampleObject('ev-battery'))
const record = shaped(vectors.records[0].fields)
const device = SigningKey.generate()

test('a signed record is of one device and one passport', () => {
  const options = { passportId: passport.id }
  const signed = signRecord(record, device, options)
  assert.equal(signedRecordKid(signed), device.publicKey.thumbprint)
  assert.deepEqual(verifyRecord(signed, device.publicKey, options), record)
  refused(() => verifyRecord(signed, device.publicKey, { passportId: 'urn:uuid:1' }), 'signature_invalid')
  refused(() => verifyRecord(signed, SigningKey.generate().publicKey, options), 'key_mismatch')
  refused(() => signRecord(record, device), 'invalid_argument', { path: '/passportId' })
})

test('a record is checked by itself and against the one before', () => {
  const next = { ...record, sequence: record.sequence + 1n, deviceTimeS: record.deviceTimeS + 60 }
  assert.deepEqual(checkRecord(next, { previous: record }), { ok: true, findings: [] })
  const fallen = { ...next, fullCycles: record.fullCycles - 1 }
  const { ok, findings } = checkRecord(fallen, { previous: record })
  assert.equal(ok, false)
  assert.equal(findings[0].path, '/full_cycles')
})

test('a record becomes part of a passport', () => {
  const changed = applyRecord(record, passport, { receivedAt: '2027-01-15T08:00:01Z' })
  const { batteryCondition } = changed.toObject().performanceAndDurability
  assert.equal(batteryCondition.stateOfCharge.stateOfChargeValue, 73.4)
  assert.deepEqual(passport.toObject(), exampleObject('ev-battery'))
  const condition = recordToCondition(record, { receivedAt: '2027-01-15T08:00:01Z' })
  assert.equal(condition.stateOfCharge.stateOfChargeValue, 73.4)
})

test('what is no record is refused', () => {
  refused(() => encodeRecord({ ...record, stateOfCharge: 1 }), 'invalid_argument', { path: '/stateOfCharge' })
  refused(() => encodeRecord({ ...record, stateOfChargePermille: 1001 }), 'out_of_range', { path: '/state_of_charge_permille' })
  refused(() => encodeRecord({ ...record, sequence: 2 ** 53 }), 'invalid_argument', { path: '/sequence' })
  refused(() => encodeRecord({ ...record, sequence: 2n ** 64n }), 'invalid_argument', { path: '/sequence' })
  refused(() => encodeRecord({ ...record, timeQuality: 'good' }), 'invalid_argument', { path: '/time_quality' })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Passport, attributes, purposes } from 'batterypass'
import { parsePassport, validate } from 'batterypass/promises'
import { bytes, example, exampleObject, refused, rejected } from './common.mjs'

const NAMES = ['ev-battery', 'lmt-ebike', 'stationary-storage']

test('the examples are valid, in every form that they come in', async () => {
  for (const name of NAMES) {
    const object = exampleObject(name)
    for (const document of [example(name), example(name).toString(), object]) {
      const passport = Passport.parse(document)
      assert.equal(passport.validate({ at: '2027-02-18' }).ok, true)
      assert.deepEqual(passport.validate({ at: '2027-02-18' }), passport.validate({ at: new Date('2027-02-18') }))
      assert.deepEqual(passport.toObject(), object)
      assert.deepEqual(JSON.parse(JSON.stringify({ passport })), { passport: object })
    }
    const passport = await parsePassport(example(name))
    assert.equal((await validate(passport)).ok, true)
    assert.equal(passport.id, object.digitalProductPassportId)
  }
})

test('a finding tells rule, place and law', () => {
  const { generalProductInformation, ...rest } = exampleObject('ev-battery')
  delete generalProductInformation.batteryMass
  const { ok, findings } = Passport.parse({ ...rest, generalProductInformation }).validate()
  assert.equal(ok, false)
  const finding = findings.find(({ path }) => path === '/generalProductInformation/batteryMass')
  assert.equal(finding.severity, 'error')
  assert.match(finding.reference, /2023\/1542|Annex/)
})

test('each audience sees its part', () => {
  const passport = Passport.parse(exampleObject('ev-battery'))
  const sizes = ['public', 'authority', 'legitimate_interest', 'operator'].map(
    (audience) => JSON.stringify(passport.view(audience)).length,
  )
  assert.ok(sizes[0] < sizes[1] && sizes[0] < sizes[2] && sizes[3] >= sizes[2])
  const [{ name }] = purposes()
  const narrowed = JSON.stringify(passport.view('legitimate_interest', { purpose: name }))
  assert.ok(narrowed.length <= sizes[2])
  refused(() => passport.view('everyone'), 'invalid_argument')
  refused(() => passport.view('public', { purpos: 'x' }), 'invalid_argument', { path: '/purpos' })
})

test('EN 18223 and back', () => {
  const passport = Passport.parse(exampleObject('lmt-ebike'))
  for (const representation of ['compressed', 'full']) {
    const read = Passport.fromEn18223(passport.toEn18223(representation))
    assert.deepEqual(read.passport.toObject(), passport.toObject())
    assert.deepEqual(read.notCarried, [])
  }
})

test('the newest version has nothing to upgrade', () => {
  const passport = Passport.parse(exampleObject('ev-battery'))
  const upgraded = passport.upgrade()
  assert.deepEqual(upgraded.changes, [])
  assert.deepEqual(upgraded.passport.toObject(), passport.toObject())
})

test('what is no passport is refused with its place', async () => {
  refused(() => Passport.parse('{"a": 1, "a": 2}'), 'duplicate_key', { name: 'DecodeError', path: '/a' })
  refused(() => Passport.parse(bytes('[')), 'truncated', { name: 'DecodeError' })
  refused(() => Passport.parse({ batteryMass: Number.NaN }), 'invalid_argument', { path: '/batteryMass' })
  refused(() => Passport.parse({ n: 1n }), 'invalid_argument', { path: '/n' })
  refused(() => Passport.parse(undefined), 'invalid_argument')
  await rejected(parsePassport('{'), 'truncated', { name: 'DecodeError' })
  refused(() => Passport.parse({}).id, 'missing_member')
})

test('the table of attributes is whole', () => {
  const table = attributes()
  assert.deepEqual(table.map(({ number }) => number), Array.from({ length: 93 }, (_, index) => index + 1))
  assert.ok(table.every(({ point, paths }) => point >= 1 && point <= 4 && paths.length > 0))
})

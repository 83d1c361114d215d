'use strict'
// Passports: handles of what the addon has read.

const { inspect } = require('node:util')
const addon = require('./native.cjs')
const { native, sync } = require('./run.cjs')
const { now, onlyKnown, toDocument, toTime } = require('./values.cjs')

const handles = new WeakMap()

function wrap(handle) {
  const passport = Object.create(Passport.prototype)
  handles.set(passport, handle)
  return Object.freeze(passport)
}

function* parse(document) {
  const text = toDocument(document, '')
  const [handle] = yield native((later) => addon.passportParse(text, later))
  return wrap(handle)
}

function* fromEn18223(document) {
  const text = toDocument(document, '')
  const [handle, notCarried] = yield native((later) => addon.passportFromEn18223(text, later))
  return { passport: wrap(handle), notCarried: JSON.parse(notCarried) }
}

function* validate(passport, options = {}) {
  const { profile = 'regulation', at } = onlyKnown(options, ['profile', 'at'])
  const time = toTime(at, '/at') ?? now()
  const report = yield native((later) => addon.passportValidate(handles.get(passport), profile, time, later))
  return JSON.parse(report)
}

const told = (read) => sync(function* (passport, ...given) { return read(handles.get(passport), ...given) })

class Passport {
  constructor() {
    throw new TypeError('use Passport.parse')
  }
  static parse(document) { return readSync(document) }
  static fromEn18223(document) { return importSync(document) }
  get id() { return id(this) }
  toJson() { return text(this) }
  toObject() { return JSON.parse(text(this)) }
  toJSON() { return this.toObject() }
  toEn18223(representation = 'compressed') { return JSON.parse(exported(this, representation)) }
  view(audience, options = {}) {
    const { purpose } = onlyKnown(options, ['purpose'])
    return JSON.parse(view(this, audience, purpose))
  }
  validate(options) { return validateSync(this, options) }
  upgrade() {
    const [handle, changes] = upgraded(this)
    return { passport: wrap(handle), changes: JSON.parse(changes) }
  }
  [inspect.custom]() {
    try {
      return `Passport <${this.id}>`
    } catch {
      return 'Passport <without an id>'
    }
  }
}

const readSync = sync(parse)
const importSync = sync(fromEn18223)
const validateSync = sync(validate)
const id = told(addon.passportId)
const text = told(addon.passportToJson)
const exported = told(addon.passportToEn18223)
const view = told(addon.passportView)
const upgraded = told(addon.passportUpgrade)

const passportHandle = (passport) => handles.get(passport)

module.exports = { Passport, parse, passportHandle, validate, wrap }

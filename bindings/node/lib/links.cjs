'use strict'
// Links of labels and QR codes.

const addon = require('./native.cjs')
const { sync } = require('./run.cjs')
const { PublicKey } = require('./keys.cjs')
const { onlyKnown, toJson } = require('./values.cjs')

const parse = sync(function* (text) { return JSON.parse(addon.linkParse(String(text))) })
const build = sync(function* (base, given) { return JSON.parse(addon.linkBuild(String(base), given)) })

class PassportLink {
  #href
  constructor({ href, base, gtin, serial, passportId, key }) {
    this.#href = href
    this.base = base
    this.gtin = gtin ?? undefined
    this.serial = serial ?? undefined
    this.passportId = passportId ?? undefined
    this.key = key ?? undefined
    Object.freeze(this)
  }
  static parse(text) { return new PassportLink(parse(text)) }
  static build(base, options = {}) {
    const { key, ...rest } = onlyKnown(options, ['gtin', 'serial', 'passportId', 'key'])
    const name = key instanceof PublicKey ? key.thumbprint : key
    return new PassportLink(build(base, toJson({ ...rest, key: name }, '')))
  }
  toString() { return this.#href }
  toJSON() { return this.#href }
}

const qrSvg = sync(function* (text) { return addon.qrSvg(String(text)) })
const qrText = sync(function* (text) { return addon.qrText(String(text)) })
const qrPng = sync(function* (text, options = {}) {
  const { scale = 8 } = onlyKnown(options, ['scale'])
  return addon.qrPng(String(text), scale)
})
const isValidPassportId = (text) => typeof text === 'string' && addon.isValidPassportId(text)

module.exports = { PassportLink, isValidPassportId, qrPng, qrSvg, qrText }

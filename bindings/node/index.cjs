'use strict'
// `batterypass`: every function returns its result. `batterypass/promises` has those that take long
// enough to be worth a thread.

const addon = require('./lib/native.cjs')
const { BatteryPassError, DecodeError, EncryptionError, ValidationError, VerifyError } = require('./lib/errors.cjs')
const { PublicKey, SigningKey } = require('./lib/keys.cjs')
const { Passport } = require('./lib/passport.cjs')
const credentials = require('./lib/credentials.cjs')
const envelopes = require('./lib/envelopes.cjs')
const { PassportLink, isValidPassportId, qrPng, qrSvg, qrText } = require('./lib/links.cjs')
const records = require('./lib/records.cjs')
const { sync } = require('./lib/run.cjs')

exports.version = require('./package.json').version
exports.BatteryPassError = BatteryPassError
exports.DecodeError = DecodeError
exports.VerifyError = VerifyError
exports.ValidationError = ValidationError
exports.EncryptionError = EncryptionError
exports.SigningKey = SigningKey
exports.PublicKey = PublicKey
exports.Passport = Passport
exports.PassportLink = PassportLink
exports.Envelope = envelopes.Envelope
exports.sign = sync(credentials.sign)
exports.addProof = sync(credentials.addProof)
exports.verify = sync(credentials.verify)
exports.signPresentation = sync(credentials.signPresentation)
exports.verifyPresentation = sync(credentials.verifyPresentation)
exports.disclose = sync(credentials.disclose)
exports.derive = sync(credentials.derive)
exports.toEnveloped = sync(credentials.toEnveloped)
exports.fromEnveloped = sync(credentials.fromEnveloped)
exports.encrypt = sync(envelopes.encrypt)
exports.decrypt = sync(envelopes.decrypt)
exports.encodeRecord = records.encodeRecord
exports.decodeRecord = records.decodeRecord
exports.signRecord = records.signRecord
exports.verifyRecord = records.verifyRecord
exports.signedRecordKid = records.signedRecordKid
exports.checkRecord = records.checkRecord
exports.recordToCondition = records.recordToCondition
exports.applyRecord = records.applyRecord
exports.isValidPassportId = isValidPassportId
exports.qrSvg = qrSvg
exports.qrPng = qrPng
exports.qrText = qrText
exports.attributes = () => JSON.parse(addon.attributes())
exports.purposes = () => JSON.parse(addon.purposes())

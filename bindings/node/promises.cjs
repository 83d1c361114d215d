'use strict'
// `batterypass/promises`: the same functions on threads of Node's pool. Resolvers and status sources
// may return promises here.

const credentials = require('./lib/credentials.cjs')
const envelopes = require('./lib/envelopes.cjs')
const passport = require('./lib/passport.cjs')
const { promised } = require('./lib/run.cjs')

exports.parsePassport = promised(passport.parse)
exports.validate = promised(passport.validate)
exports.sign = promised(credentials.sign)
exports.addProof = promised(credentials.addProof)
exports.verify = promised(credentials.verify)
exports.signPresentation = promised(credentials.signPresentation)
exports.verifyPresentation = promised(credentials.verifyPresentation)
exports.disclose = promised(credentials.disclose)
exports.derive = promised(credentials.derive)
exports.encrypt = promised(envelopes.encrypt)
exports.decrypt = promised(envelopes.decrypt)

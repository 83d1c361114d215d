'use strict'
// Errors as their users see them: `code` for programs, `path` into the document, `message` for people.

const MARK = 'batterypass:'

class BatteryPassError extends Error {
  constructor(message, { code, path = '', cause } = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.path = path
  }

  get name() {
    return this.constructor.name
  }
}

class DecodeError extends BatteryPassError {}
class VerifyError extends BatteryPassError {}
class ValidationError extends BatteryPassError {}
class EncryptionError extends BatteryPassError {}

const classes = { BatteryPassError, DecodeError, VerifyError, ValidationError, EncryptionError }

/** Turns what the addon throws into an error of this package. All others stay as they are. */
function translate(thrown, caller) {
  if (!(thrown instanceof Error) || !thrown.message.startsWith(MARK)) return thrown
  const parts = JSON.parse(thrown.message.slice(MARK.length))
  const error = new classes[parts.class](parts.message, parts)
  if (caller) Error.captureStackTrace(error, caller)
  return error
}

/** Refuses an argument, in the form of the core's own refusals. */
function invalid(path, detail) {
  const place = path ? ` at ${path}` : ''
  const message = `an argument is not acceptable${place}: ${detail}`
  return new BatteryPassError(message, { code: 'invalid_argument', path })
}

module.exports = { ...classes, invalid, translate }

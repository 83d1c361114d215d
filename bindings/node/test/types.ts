// Compiled, never run: what the declarations promise and forbid.
import { BatteryPassError, Passport, SigningKey, encrypt, sign, verify } from 'batterypass'
import type { JsonObject, VerifyReport } from 'batterypass'
import * as promises from 'batterypass/promises'

const key = SigningKey.generate()
const passport = Passport.parse('{}')

const token: string = sign(passport, key)
const message: Uint8Array = sign(passport, key, { securing: 'vc+cose' })
const embedded: JsonObject = sign(passport, key, { securing: 'ecdsa-jcs-2019', created: new Date() })
const later: Promise<string> = promises.sign(passport, key, { securing: 'vc+sd-jwt', decoys: true })
const sealed: Uint8Array = encrypt(new Uint8Array(), [key.publicKey])
const text: string = encrypt(new Uint8Array(), new Set([key.publicKey]), { format: 'jwe' })

const report: VerifyReport = verify(token, { at: new Date(), resolver: { 'did:web:a.example': {} } })
const awaited: Promise<VerifyReport> = promises.verify(token, { resolver: async () => undefined })

// @ts-expect-error a token is text
const wrong: Uint8Array = sign(passport, key)
// @ts-expect-error a function that returns a promise needs batterypass/promises
verify(token, { resolver: async () => undefined })
// @ts-expect-error no such option
verify(token, { resolvr: {} })
// @ts-expect-error keys are made by their own functions
new SigningKey()

try {
  verify(token)
} catch (error) {
  if (error instanceof BatteryPassError) console.log(error.code, error.path)
}

export { awaited, embedded, later, message, report, sealed, text, wrong }

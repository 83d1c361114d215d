import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Envelope, SigningKey, decrypt, encrypt } from 'batterypass'
import * as promises from 'batterypass/promises'
import { bytes, refused, rejected, text } from './common.mjs'

const [cloud, authority, stranger] = Array.from({ length: 3 }, () => SigningKey.generate())
const FORMATS = { cose: 2, jwe: 2, cose_encrypt0: 1, jwe_compact: 1 }

for (const [format, count] of Object.entries(FORMATS)) {
  test(`${format}: sealed, opened by each recipient, and by nobody else`, async () => {
    const recipients = [cloud, authority].slice(0, count)
    const keys = recipients.map((key) => key.publicKey)
    const subject = 'urn:uuid:3f4c9a4e-8d1b-4f0e-9c7a-2b6d5e1f0a93'
    const options = { format, subject, ...(format === 'jwe_compact' ? {} : { aad: bytes('aad') }) }
    for (const sealed of [encrypt(bytes('data'), keys, options), await promises.encrypt(bytes('data'), keys, options)]) {
      assert.equal(typeof sealed, format.startsWith('jwe') ? 'string' : 'object')
      for (const key of recipients) {
        assert.equal(text(decrypt(sealed, key, { aad: options.aad })), 'data')
        assert.equal(text(await promises.decrypt(sealed, key, { aad: options.aad })), 'data')
      }
      refused(() => decrypt(sealed, stranger, { aad: options.aad }), 'recipient_unknown', { name: 'EncryptionError' })
      if (options.aad) refused(() => decrypt(sealed, cloud, { aad: bytes('other') }), 'decryption_failed')
      const envelope = Envelope.parse(sealed)
      assert.equal(envelope.subject, subject)
      assert.deepEqual([...envelope.recipients], keys.map((key) => key.thumbprint))
    }
  })
}

test('what cannot be sealed is refused', async () => {
  refused(() => encrypt(bytes('x'), []), 'no_recipients')
  refused(() => encrypt(bytes('x'), [cloud]), 'invalid_argument', { path: '/recipients/0' })
  refused(() => encrypt('x', [cloud.publicKey]), 'invalid_argument', { path: '/plaintext' })
  refused(() => encrypt(bytes('x'), [cloud.publicKey], { format: 'zip' }), 'invalid_argument', { path: '/format' })
  refused(() => encrypt(bytes('x'), Array(9).fill(cloud.publicKey)), 'too_many_recipients')
  await rejected(promises.decrypt(new Uint8Array(3), cloud), 'truncated', { name: 'DecodeError' })
})

test('bytes given are not kept: a change later changes nothing', async () => {
  const plaintext = bytes('data')
  const sealing = promises.encrypt(plaintext, [cloud.publicKey])
  plaintext.fill(0)
  assert.equal(text(decrypt(await sealing, cloud)), 'data')
})

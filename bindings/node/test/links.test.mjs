import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PassportLink, SigningKey, isValidPassportId, qrPng, qrSvg, qrText } from 'batterypass'
import { refused } from './common.mjs'

const { publicKey } = SigningKey.generate()

test('links are built and read', () => {
  const link = PassportLink.build('https://id.example', { gtin: '4012345678901', serial: 'A-1', key: publicKey })
  assert.equal(`${link}`, `https://id.example/01/04012345678901/21/A-1?k=${publicKey.thumbprint}`)
  assert.deepEqual(PassportLink.parse(String(link)), link)
  assert.equal(JSON.stringify({ link }), `{"link":"${link}"}`)
  const byId = PassportLink.build('https://id.example', { passportId: 'urn:uuid:1', key: publicKey.thumbprint })
  assert.deepEqual([byId.gtin, byId.passportId, byId.key], [undefined, 'urn:uuid:1', publicKey.thumbprint])
})

test('what is no link is refused', () => {
  refused(() => PassportLink.parse('https://id.example/nothing'), 'invalid_link')
  refused(() => PassportLink.build('https://id.example', { gtin: '1' }), 'invalid_argument')
  refused(() => PassportLink.build('https://id.example', { id: '1' }), 'invalid_argument', { path: '/id' })
  assert.deepEqual(['urn:uuid:1', '', 'x y', 7].map(isValidPassportId), [true, false, false, false])
})

test('QR codes are drawn', () => {
  const link = 'https://id.example/p/urn:uuid:1'
  assert.match(qrSvg(link), /^<svg/)
  assert.deepEqual([...qrPng(link, { scale: 2 }).subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47])
  assert.ok(qrText(link).split('\n').length > 10)
  refused(() => qrPng(link, { scale: 0 }), 'invalid_argument')
})

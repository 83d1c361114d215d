// The package as a whole: what it exports, threads, memory.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import * as esm from 'batterypass'
import * as promisesEsm from 'batterypass/promises'
import { bytes, exampleObject } from './common.mjs'

const require = createRequire(import.meta.url)
const declared = (file) => {
  const types = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
  return new Set([...types.matchAll(/^export (?:const|class|function) (\w+)/gm)].map(([, name]) => name))
}

test('CommonJS, modules and declarations have the same names', () => {
  const sides = [
    [require('batterypass'), esm, declared('index.d.ts')],
    [require('batterypass/promises'), promisesEsm, declared('promises.d.ts')],
  ]
  for (const [cjs, module, types] of sides) {
    assert.deepEqual(Object.keys(cjs).sort(), Object.keys(module).sort())
    assert.deepEqual(Object.keys(cjs).sort(), [...types].sort())
  }
})

test('worker threads work at the same time', async () => {
  const code = `
    const { parentPort } = require('node:worker_threads')
    const { SigningKey, sign, verify } = require('batterypass')
    const key = SigningKey.generate()
    const reports = Array.from({ length: 50 }, () => verify(sign({ credentialSubject: { id: 'urn:example:1' } }, key)))
    parentPort.postMessage(reports.filter(({ ok }) => ok).length)`
  const workers = Array.from({ length: 4 }, () => new Worker(code, { eval: true, filename: import.meta.filename }))
  const counts = await Promise.all(workers.map((worker) => new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject))))
  assert.deepEqual(counts, [50, 50, 50, 50])
})

test('promises leave the thread free, and many run at once', async () => {
  const key = esm.SigningKey.generate()
  const passport = esm.Passport.parse(exampleObject('ev-battery'))
  const signed = await Promise.all(Array.from({ length: 16 }, () => promisesEsm.sign(passport, key)))
  const reports = await Promise.all(signed.map((one) => promisesEsm.verify(one)))
  assert.ok(reports.every(({ ok }) => ok))
})

test('10,000 calls leave no memory behind', async () => {
  const key = esm.SigningKey.generate()
  const sealed = esm.encrypt(new Uint8Array(100_000), [key.publicKey])
  const round = async (count) => {
    for (let index = 0; index < count; index += 1) {
      esm.decrypt(sealed, key)
      assert.throws(() => esm.decrypt(bytes('x'), key))
      // Node frees bytes that an addon handed out between two turns of its event loop.
      if (index % 50 === 0) await setImmediate()
    }
    global.gc()
    await setImmediate()
  }
  await round(500)
  const before = process.memoryUsage.rss()
  await round(4_500)
  // What was handed out alone is 450 MB.
  const grown = process.memoryUsage.rss() - before
  assert.ok(grown < 64e6, `${grown} bytes more`)
})

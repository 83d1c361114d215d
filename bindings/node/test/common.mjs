// What the tests share: the example passports, and refusals by their code.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

const examples = new URL('../../../schemas/examples/', import.meta.url)

export const example = (name) => readFileSync(new URL(`${name}.json`, examples))
export const exampleObject = (name) => JSON.parse(example(name).toString())

/** Expects a refusal by its code, class and path. */
export function refused(call, code, { name, path } = {}) {
  assert.throws(call, (error) => isRefusal(error, code, name, path))
}

/** Expects a promise to be rejected with a refusal. */
export function rejected(promise, code, { name, path } = {}) {
  return assert.rejects(promise, (error) => isRefusal(error, code, name, path))
}

function isRefusal(error, code, name, path) {
  assert.equal(error.code, code, error.stack)
  if (name !== undefined) assert.equal(error.name, name)
  if (path !== undefined) assert.equal(error.path, path)
  return true
}

export const text = (bytes) => new TextDecoder().decode(bytes)
export const bytes = (string) => new TextEncoder().encode(string)

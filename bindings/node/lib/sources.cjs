'use strict'
// The options `resolver` and `status`: where a verification gets DID documents and status lists from.

const { question } = require('./run.cjs')
const { BatteryPassError, invalid } = require('./errors.cjs')
const { toInner } = require('./values.cjs')

/** Rounds in which a verification may ask for more. A chain of trust is at most 8 long. */
const ROUNDS = 32

/** A mapping from names, a Map, or a function of a name, as a function of a name. */
function asker(source, path) {
  if (source === undefined) return undefined
  if (typeof source === 'function') return source
  if (source instanceof Map) return (name) => source.get(name)
  if (typeof source === 'object' && source !== null) {
    return (name) => (Object.hasOwn(source, name) ? source[name] : undefined)
  }
  throw invalid(path, 'expected a function, a Map or an object')
}

/** What was found under a name. What a function throws is the reason why there is nothing. */
function found({ value, thrown }, path) {
  if (thrown instanceof BatteryPassError) {
    return { refused: { code: thrown.code, path: thrown.path, detail: thrown.message } }
  }
  if (thrown !== undefined) return { refused: { path: '', detail: String(thrown?.message ?? thrown) } }
  if (value === undefined || value === null) return { refused: { path: '', detail: 'not found' } }
  return { document: toInner(value, path) }
}

/** Verifies by `call(sources)`, and again while it misses something that a source can be asked for. */
function* withSources({ resolver, status, statusTrustedIssuers }, call) {
  const asked = { documents: asker(resolver, '/resolver'), lists: asker(status, '/status') }
  const sources = {
    documents: asked.documents && {},
    lists: asked.lists && {},
    trustedIssuers: statusTrustedIssuers ?? [],
  }
  for (let round = 0; ; round += 1) {
    const [about, claims] = yield call(sources)
    const { report, missing } = JSON.parse(about)
    const names = ['documents', 'lists'].flatMap((kind) => missing[kind].map((name) => [kind, name]))
    if (names.length === 0 || round === ROUNDS) return { report, claims }
    for (const [kind, name] of names) {
      if (!asked[kind]) continue
      const answer = yield question(() => asked[kind](name))
      sources[kind][name] = found(answer, kind === 'documents' ? '/resolver' : '/status')
    }
  }
}

module.exports = { withSources }

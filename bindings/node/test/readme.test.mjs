// Each example of the READMEs runs as it is printed.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const files = ['../../README.md', 'README.md']
const texts = files.map((file) => readFileSync(`${root}${file}`, 'utf8')).join('\n')
const blocks = [...texts.matchAll(/^```js\n(.*?)^```/gms)].map(([, code]) => code)
const says = ['true', 'true', 'error', 'true', '200\n400', 'a record', 'true']

test('the READMEs have the examples that are run here', () => assert.equal(blocks.length, says.length))

for (const [index, code] of blocks.entries()) {
  test(`example ${index + 1}`, () => {
    const run = spawnSync(process.execPath, ['--input-type=module', '-'], { cwd: root, input: code, encoding: 'utf8' })
    assert.equal(run.status, 0, run.stderr)
    assert.ok(run.stdout.includes(says[index]), run.stdout)
  })
}

// Builds the addon for this machine and puts it where `lib/native.cjs` looks.
import { spawnSync } from 'node:child_process'
import { copyFileSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const build = ['build', '--profile', 'addon', '--locked', '-p', 'batterypass-node', '--message-format=json-render-diagnostics']
const cargo = spawnSync('cargo', build, {
  cwd: here,
  stdio: ['ignore', 'pipe', 'inherit'],
  encoding: 'utf8',
  maxBuffer: 1 << 28,
})
if (cargo.status !== 0) process.exit(cargo.status ?? 1)
const made = cargo.stdout
  .split('\n')
  .filter((line) => line.startsWith('{'))
  .map((line) => JSON.parse(line))
  .find((message) => message.reason === 'compiler-artifact' && message.target.name === 'batterypass_node')

const musl = process.platform === 'linux' && !process.report.getReport().header.glibcVersionRuntime
const libc = process.platform === 'linux' ? (musl ? '-musl' : '-gnu') : ''
const addon = join(here, `batterypass.${process.platform}-${process.arch}${libc}.node`)
// A running process may have the old one loaded: it keeps its file, this one takes the name.
copyFileSync(made.filenames[0], `${addon}.new`)
renameSync(`${addon}.new`, addon)
console.log(addon)

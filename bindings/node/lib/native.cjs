'use strict'
// Finds the addon: one that was built here, or the package for this platform.

const { existsSync } = require('node:fs')
const { join } = require('node:path')

/** glibc says its version in the report, musl does not. */
function libc() {
  if (process.platform !== 'linux') return ''
  const header = process.report?.getReport()?.header
  return header?.glibcVersionRuntime ? '-gnu' : '-musl'
}

const platform = `${process.platform}-${process.arch}${libc()}`
const built = join(__dirname, '..', `batterypass.${platform}.node`)

function load() {
  if (existsSync(built)) return require(built)
  try {
    return require(`@batterypass/${platform}`)
  } catch (cause) {
    const detail = `batterypass has no addon for ${platform}: install @batterypass/${platform}, or build it (see README)`
    throw new Error(detail, { cause })
  }
}

module.exports = load()

'use strict'
// Each verb is written once, as a generator that yields what takes long: calls of the addon, and
// questions to functions of the caller. It runs here at once or, for `batterypass/promises`, with the
// calls on threads of the pool and with answers that may be promises.

const { translate } = require('./errors.cjs')

/** A call of the addon: `call(later)`. */
const native = (call) => ({ call })
/** A question to a function of the caller. What it throws is an answer too. */
const question = (ask) => ({ ask })

function attempt(ask) {
  try {
    return { value: ask() }
  } catch (thrown) {
    return { thrown }
  }
}

/** Makes a function that returns its result. */
function sync(verb) {
  return function call(...given) {
    try {
      const steps = verb(...given)
      let step = steps.next()
      while (!step.done) {
        const { call, ask } = step.value
        const answer = call ? call(false) : attempt(ask)
        if (typeof answer?.value?.then === 'function') {
          // The promise is given up here: a rejection of it must not end the process.
          answer.value.then(undefined, () => {})
          answer.thrown = new TypeError('this function returned a promise: use batterypass/promises')
        }
        step = steps.next(answer)
      }
      return step.value
    } catch (thrown) {
      throw translate(thrown, call)
    }
  }
}

/** Makes a function that returns a promise of its result. */
function promised(verb) {
  return async function call(...given) {
    try {
      const steps = verb(...given)
      let step = steps.next()
      while (!step.done) {
        const { call, ask } = step.value
        step = steps.next(call ? await call(true) : await settled(ask))
      }
      return step.value
    } catch (thrown) {
      throw translate(thrown, call)
    }
  }
}

async function settled(ask) {
  try {
    return { value: await ask() }
  } catch (thrown) {
    return { thrown }
  }
}

module.exports = { native, promised, question, sync }

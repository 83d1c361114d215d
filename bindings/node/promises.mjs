import all from './promises.cjs'

export const {
  parsePassport,
  validate,
  sign,
  addProof,
  verify,
  signPresentation,
  verifyPresentation,
  disclose,
  derive,
  encrypt,
  decrypt,
} = all

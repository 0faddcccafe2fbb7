export { type CallCosts, type ExportedCall, readCallCosts } from './call-costs.ts'
export { openCosts } from './open-costs.ts'
export { precomputePriceSplits } from './precompute-price-splits.ts'
export {
  ALL_AGENTS,
  deletePriceSplitsOfOtherTimeZones,
  type PriceSplit,
  savePriceSplits,
} from './price-split-store.ts'
export { verifyCosts } from './verify.ts'
export { readWindowCost, type WindowCost } from './window-cost.ts'

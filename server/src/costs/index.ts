export { precomputePriceSplits } from './precompute-price-splits.ts'

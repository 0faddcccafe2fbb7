export type { Timeouts } from './deps.ts'
export { resealKeys } from './keys/reseal-keys.ts'
export { openLlm } from './llm.ts'

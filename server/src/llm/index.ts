export type { Timeouts } from './deps.ts'
export { resealKeys } from './keys/reseal-keys.ts'
export { type Llm, openLlm } from './llm.ts'

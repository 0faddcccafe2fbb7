export type { Patience } from './deps.ts'
export { renewKeys } from './keys/reseal-keys.ts'
export { type Llm, openLlm } from './llm.ts'

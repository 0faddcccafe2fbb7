export { type Llm, openLlm } from './llm.ts'
export type { Patience } from './parts.ts'
export { renewKeys } from './renew-keys.ts'

export { type Llm, openLlm } from './llm.ts'
export type { Patience } from './parts.ts'
export { type Resealed, resealKeys } from './reseal.ts'

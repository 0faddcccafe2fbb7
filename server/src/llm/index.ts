export { type Llm, llmSeal, openLlm } from './llm.ts'
export type { Patience } from './parts.ts'

export { openLive } from './open-live.ts'
export type { Streams } from './streams.ts'

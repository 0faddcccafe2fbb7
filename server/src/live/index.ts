export { deleteExpiredEvents } from './event-store.ts'
export { liveRoutes } from './routes.ts'
export { createStreams, type Streams } from './streams.ts'

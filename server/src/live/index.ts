export { pruneEvents } from './feed.ts'
export { liveRoutes } from './routes.ts'
export { createStreams, type Streams } from './streams.ts'

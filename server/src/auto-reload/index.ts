export { type AutoReload, createAutoReload } from './auto-reload.ts'
export type { AutoReloadParts } from './parts.ts'
export { autoReloadRoutes } from './routes.ts'
export { verifyAutoReload } from './verify.ts'

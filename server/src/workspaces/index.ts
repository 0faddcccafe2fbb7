export { workspaceBody, workspaceRoutes } from './routes.ts'
export {
  createWorkspace,
  type NewWorkspace,
  requireWorkspace,
  timeZoneOf,
  type WorkspaceRow,
} from './store.ts'

export { workspaceResponse, workspaceRoutes } from './routes.ts'
export {
  createWorkspace,
  type NewWorkspace,
  requireWorkspace,
  timeZoneOf,
  type WorkspaceRow,
} from './workspace-store.ts'

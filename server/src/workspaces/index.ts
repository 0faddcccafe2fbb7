export { openWorkspaces } from './open-workspaces.ts'
export { workspaceResponse } from './routes.ts'
export {
  createWorkspace,
  type NewWorkspace,
  requireWorkspace,
  timeZoneOf,
  type WorkspaceRow,
} from './workspace-store.ts'

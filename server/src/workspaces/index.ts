export { createWorkspace, type NewWorkspace } from './create-workspace.ts'
export { openWorkspaces } from './open-workspaces.ts'
export { workspaceResponse } from './response-schemas.ts'
export { resumeWorkspace, suspendWorkspace } from './suspend.ts'

export {
  type AgentFields,
  type AgentRow,
  createAgent,
  recordUnconnectedCall,
  requireAgent,
  workspaceOfAgent,
} from './agent-store.ts'
export { agentProblems } from './problems.ts'
export { agentRoutes } from './routes.ts'

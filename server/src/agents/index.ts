export {
  type AgentFields,
  type AgentRow,
  createAgent,
  noteUnconnectedCall,
  requireAgent,
  workspaceOfAgent,
} from './agent-store.ts'
export { agentRoutes } from './routes.ts'

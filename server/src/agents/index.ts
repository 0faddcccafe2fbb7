export { agentRoutes } from './routes.ts'
export {
  type AgentFields,
  type AgentRow,
  createAgent,
  noteUnconnectedCall,
  requireAgent,
  workspaceOfAgent,
} from './store.ts'

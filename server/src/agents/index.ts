export { agentRoutes } from './routes.ts'
export {
  type AgentFields,
  type AgentRow,
  createAgent,
  noteUnconnectedCall,
  workspaceOfAgent,
} from './store.ts'

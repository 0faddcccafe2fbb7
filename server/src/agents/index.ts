export { agentRoutes } from './routes.ts'
export { type AgentFields, type AgentRow, createAgent, workspaceOfAgent } from './store.ts'

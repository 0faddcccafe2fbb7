export {
  type AgentFields,
  type AgentRow,
  createAgent,
  findWorkspaceOfAgent,
  requireAgent,
} from './agent-store.ts'
export { openAgents } from './open-agents.ts'
export { agentProblems } from './problems.ts'

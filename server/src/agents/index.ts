export {
  type AgentFields,
  type AgentRow,
  createAgent,
  requireAgent,
  workspaceOfAgent,
} from './agent-store.ts'
export { openAgents } from './open-agents.ts'
export { agentProblems } from './problems.ts'

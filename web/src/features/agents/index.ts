export { agentsQuery } from './agent-queries.ts'

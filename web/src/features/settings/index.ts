export { keysQuery } from './settings-queries.ts'

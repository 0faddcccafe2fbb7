export { type CreateDemoDeps, type CreatedDemo, createDemo } from './create-demo.ts'
export { DEMO_OWNER } from './demo-agents.ts'
export { readRandomOwnerPassword } from './owner-password.ts'
export { type Demo, type DemoDeps, startDemo } from './start-demo.ts'

export { demoOwner } from './demo-agents.ts'
export { type MadeDemo, type MakeDemoDeps, makeDemo } from './make-demo.ts'
export { randomOwnerPassword } from './owner-password.ts'
export { type Demo, type DemoDeps, startDemo } from './start-demo.ts'

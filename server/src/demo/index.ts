export { demoOwner } from './cast.ts'
export { type MadeDemo, type MakeDemoParts, makeDemo } from './make-demo.ts'
export { randomOwnerPassword } from './owner-password.ts'
export { type Demo, type DemoParts, startDemo } from './start-demo.ts'

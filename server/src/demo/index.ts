export { type MadeDemo, type MakeDemoParts, makeDemo } from './make-demo.ts'
export { type Demo, type DemoParts, startDemo } from './start-demo.ts'

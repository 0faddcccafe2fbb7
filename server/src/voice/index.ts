export type { CallReport } from './apply-carrier-report.ts'
export type { Carrier, CarrierLeg, CarrierName } from './carrier.ts'
export { type OpenVoiceDeps, openVoice } from './open-voice.ts'
export { createSimulatedCarrier, type SimulatedCarrier } from './simulated/carrier.ts'
export { fateOf, messagesOf, type SimulatedLife, usualLife } from './simulated/life.ts'
export { verifyVoice } from './verify.ts'
export {
  type AnsweredDecision,
  createVoice,
  type Dialed,
  type DialOrder,
  type Incoming,
  type IncomingDecision,
  type Voice,
} from './voice.ts'

import { publicId } from '../../public-ids.ts'

/** Where Twilio asks and tells. */
export const twilioPaths = {
  /** Somebody calls a number: what is to be done with the call? */
  incoming: '/voice/twilio/incoming',
  /** Somebody answered a call that was placed: what is to be done with it? */
  outbound: '/voice/twilio/outbound',
  /** What becomes of a call. */
  status: '/voice/twilio/status',
  /** An agent that is called by number or SIP address answered, or did not. */
  agent: '/voice/twilio/agent',
  /** The audio goes to an agent over a WebSocket, or does no more. */
  stream: '/voice/twilio/stream',
} as const

/** The address at which Twilio tells of our call. */
export function twilioAddress(publicUrl: string, path: keyof typeof twilioPaths, callId: string): string {
  return `${publicUrl}${twilioPaths[path]}?call=${publicId('call', callId)}`
}

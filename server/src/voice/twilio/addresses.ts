import { publicId } from '../../public-ids.ts'

/** The paths at which Twilio reaches this server. */
export const TWILIO_PATHS = {
  /** Asks what to do with an incoming call. */
  incoming: '/voice/twilio/incoming',
  /** Asks what to do with an outbound call that was answered. */
  outbound: '/voice/twilio/outbound',
  /** Reports about a call. */
  status: '/voice/twilio/status',
  /** Reports about an agent that is called by number or SIP address. */
  agent: '/voice/twilio/agent',
  /** Reports about the audio stream to an agent's WebSocket. */
  stream: '/voice/twilio/stream',
} as const

/** Builds the URL at which Twilio reports about our call. */
export function buildTwilioUrl(publicUrl: string, path: keyof typeof TWILIO_PATHS, callId: string): string {
  return `${publicUrl}${TWILIO_PATHS[path]}?call=${publicId('call', callId)}`
}

import { randomUUID } from 'node:crypto'
import type { Clock } from '../../src/platform/clock.ts'

/** A call as Twilio has it. */
export type FakeCall = {
  readonly sid: string
  readonly to: string
  readonly from: string
  readonly direction: 'inbound' | 'outbound-api'
  status: string
  readonly createdAtMs: number
  answeredAtMs: number | null
  endedAtMs: number | null
  answeredBy: string | null
  /** The form fields with which it was placed and changed. */
  readonly fields: Map<string, string[]>
}

/** A request that Twilio sends: its address and its form fields. */
export type TwilioCallback = { readonly url: string; readonly fields: Readonly<Record<string, string>> }

/** The calls that Twilio has, and what happens to them. */
export type FakeCalls = {
  readonly bySid: Map<string, FakeCall>
  add(
    direction: FakeCall['direction'],
    to: string,
    from: string,
    fields: ReadonlyMap<string, string[]>,
  ): FakeCall
  /** Lets the call ring. Returns Twilio's status callback. */
  ring(call: FakeCall): TwilioCallback
  /** Lets the call be answered. Returns Twilio's status callback. */
  answer(call: FakeCall, answeredBy?: string): TwilioCallback
  /** Ends the call. Returns Twilio's status callback. */
  end(call: FakeCall, status?: string): TwilioCallback
}

export function createFakeCalls(accountSid: string, clock: Clock): FakeCalls {
  const bySid = new Map<string, FakeCall>()
  const callback = (call: FakeCall, fields: Record<string, string>): TwilioCallback => ({
    url: call.fields.get('StatusCallback')?.[0] ?? '',
    fields: {
      AccountSid: accountSid,
      ApiVersion: '2010-04-01',
      CallSid: call.sid,
      CallbackSource: 'call-progress-events',
      Direction: call.direction,
      From: call.from,
      To: call.to,
      Timestamp: formatRfc2822(clock.now()),
      ...fields,
    },
  })
  return {
    bySid,
    add(direction, to, from, fields) {
      const sid = `CA${randomUUID().replaceAll('-', '')}`
      const status = direction === 'inbound' ? 'ringing' : 'queued'
      const nobody = { answeredAtMs: null, endedAtMs: null, answeredBy: null }
      const call = {
        sid,
        to,
        from,
        direction,
        status,
        createdAtMs: clock.now(),
        ...nobody,
        fields: new Map(fields),
      }
      bySid.set(sid, call)
      return call
    },
    ring(call) {
      call.status = 'ringing'
      return callback(call, { CallStatus: 'ringing' })
    },
    answer(call, answeredBy) {
      call.status = 'in-progress'
      call.answeredAtMs = clock.now()
      call.answeredBy = answeredBy ?? null
      return callback(call, { CallStatus: 'in-progress' })
    },
    end(call, status = 'completed') {
      call.status = status
      call.endedAtMs = clock.now()
      return callback(call, {
        CallStatus: status,
        CallDuration: String(measureDuration(call)),
        ...(call.answeredBy !== null && { AnsweredBy: call.answeredBy }),
      })
    },
  }
}

/** The length of the conversation in whole seconds, as Twilio counts it. */
export function measureDuration({ answeredAtMs, endedAtMs }: FakeCall): number {
  return answeredAtMs === null || endedAtMs === null ? 0 : seconds(endedAtMs) - seconds(answeredAtMs)
}

function seconds(atMs: number): number {
  return Math.floor(atMs / 1000)
}

/** Sun, 22 Nov 2026 10:00:00 +0000 */
export function formatRfc2822(atMs: number): string {
  return new Date(atMs).toUTCString().replace('GMT', '+0000')
}

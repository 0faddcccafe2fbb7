import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../../platform/clock.ts'
import type { Routes } from '../../platform/http/http-server.ts'
import { publicId } from '../../public-ids.ts'
import type { AnsweredDecision, ConnectDecision, IncomingDecision } from '../connect-call.ts'
import type { TwilioSettings } from '../settings.ts'
import type { Voice } from '../voice.ts'
import { buildTwilioUrl, TWILIO_PATHS } from './addresses.ts'
import { readCaller } from './caller.ts'
import { readCallId, readReport, readSignedForm } from './requests.ts'
import { findEndReason, isMachine, isOver } from './status.ts'
import { buildConnectTwiml, HANG_UP_TWIML, REJECT_TWIML } from './twiml.ts'

export type TwilioRouteDeps = {
  readonly voice: Pick<Voice, 'decideIncomingCall' | 'decideAnsweredCall' | 'applyCarrierReport'>
  readonly clock: Clock
  readonly settings: TwilioSettings
}

type Handle = (deps: TwilioRouteDeps, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

const BODY_BYTES_MAX = 64 * 1024
/** How long a decision about a call may take. Twilio gives up after 15 seconds. */
const DECISION_MS_MAX = 8_000

const HANDLERS: Readonly<Record<keyof typeof TWILIO_PATHS, Handle>> = {
  incoming: answerIncoming,
  outbound: answerOutbound,
  status: applyStatus,
  agent: applyAgentStatus,
  stream: applyStreamStatus,
}

/** The routes that Twilio calls. Twilio has no API key: it signs each request with the account's auth token. */
export function twilioRoutes(deps: TwilioRouteDeps): Routes {
  return async (all) => {
    // A scope of its own, because only these routes take forms.
    await all.register(async (server) => {
      server.removeAllContentTypeParsers()
      server.addContentTypeParser(
        'application/x-www-form-urlencoded',
        { parseAs: 'string' },
        (_request, body, done) => done(null, body),
      )
      const config = { importance: 'urgent' } as const
      const options = { config, schema: { hide: true }, bodyLimit: BODY_BYTES_MAX }
      for (const [name, handle] of Object.entries(HANDLERS)) {
        const path = TWILIO_PATHS[name as keyof typeof HANDLERS]
        server.post(path, options, (request, reply) => handle(deps, request, reply))
      }
    })
  }
}

async function answerIncoming(
  { voice, settings }: TwilioRouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const form = readSignedForm(request, settings)
  const [ref, to] = [form.get('CallSid') ?? '', form.get('To') ?? '']
  const decision = await decide<IncomingDecision>(request, () =>
    voice.decideIncomingCall({ carrier: 'twilio', ref, from: readCaller(form), to }),
  )
  if (decision?.decision === 'connect') return sendTwiml(reply, connectIncoming(decision, settings.publicUrl))
  if (decision !== undefined) {
    request.log.info({ ref, to, reason: decision.reason }, 'An incoming call was rejected')
  }
  return sendTwiml(reply, REJECT_TWIML)
}

async function answerOutbound(
  { voice, settings }: TwilioRouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const form = readSignedForm(request, settings)
  const callId = readCallId(request)
  const ref = form.get('CallSid') ?? ''
  if (callId === undefined || isMachine(form.get('AnsweredBy'))) return sendTwiml(reply, HANG_UP_TWIML)
  const decision = await decide<AnsweredDecision>(request, () =>
    voice.decideAnsweredCall({ carrier: 'twilio', ref, callId }),
  )
  if (decision?.decision === 'connect') return sendTwiml(reply, connectOutbound(decision))
  if (decision !== undefined) {
    request.log.warn({ ref, reason: decision.reason }, 'An answered call was hung up')
  }
  return sendTwiml(reply, HANG_UP_TWIML)
}

async function applyStatus(
  { voice, clock, settings }: TwilioRouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const form = readSignedForm(request, settings)
  const [ref, status] = [form.get('CallSid') ?? '', form.get('CallStatus') ?? '']
  const report = { ...readReport(request, form, clock.now()), ref }
  if (isOver(status)) {
    const reason = findEndReason(status, form.get('AnsweredBy'))
    const talkedMs = Number(form.get('CallDuration') ?? 0) * 1000
    await voice.applyCarrierReport({ ...report, type: 'ended', reason, talkedMs })
  } else {
    await voice.applyCarrierReport({ ...report, type: status === 'in-progress' ? 'answered' : 'ringing' })
  }
  return reply.code(204).send()
}

/** The agent's part of an incoming call. Its answer is the call's answer; anything else has Twilio asked soon. */
async function applyAgentStatus(
  { voice, clock, settings }: TwilioRouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const form = readSignedForm(request, settings)
  const ref = form.get('ParentCallSid') ?? ''
  const type = form.get('CallStatus') === 'in-progress' ? 'answered' : 'changed'
  await voice.applyCarrierReport({ ...readReport(request, form, clock.now()), ref, type })
  return reply.code(204).send()
}

async function applyStreamStatus(
  { voice, clock, settings }: TwilioRouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const form = readSignedForm(request, settings)
  const ref = form.get('CallSid') ?? ''
  const type = form.get('StreamEvent') === 'stream-started' ? 'answered' : 'changed'
  await voice.applyCarrierReport({ ...readReport(request, form, clock.now()), ref, type })
  return reply.code(204).send()
}

/** Twilio answers an incoming call when the agent does, and reports it under the agent. */
function connectIncoming({ call, agent }: ConnectDecision, publicUrl: string): string {
  const path = agent.voiceEndpoint.startsWith('wss:') ? 'stream' : 'agent'
  return buildConnectTwiml({
    ...describeConnection({ call, agent }),
    statusUrl: buildTwilioUrl(publicUrl, path, call.id),
    answersWithAgent: true,
  })
}

/** An outbound call is answered already, and Twilio reports that itself. */
function connectOutbound({ call, agent }: ConnectDecision): string {
  return buildConnectTwiml({
    ...describeConnection({ call, agent }),
    callerId: agent.phoneNumber ?? undefined,
    answersWithAgent: false,
  })
}

function describeConnection({ call, agent }: Pick<ConnectDecision, 'call' | 'agent'>) {
  return {
    endpoint: agent.voiceEndpoint,
    secondsMax: Math.ceil(call.maxDurationMs / 1000),
    parameters: {
      callId: publicId('call', call.id),
      agentId: publicId('agent', call.agentId),
      direction: call.direction,
      ...(call.from !== null && { from: call.from }),
      ...(call.to !== null && { to: call.to }),
    },
  }
}

/** Asks for a decision. Returns undefined if it fails or takes too long: Twilio would read an error to the caller. */
async function decide<Decision>(
  request: FastifyRequest,
  ask: () => Promise<Decision>,
): Promise<Decision | undefined> {
  try {
    return await limitTime(DECISION_MS_MAX, ask())
  } catch (error) {
    request.log.error(
      { err: error, route: request.routeOptions.url },
      'A call of Twilio could not be decided',
    )
    return undefined
  }
}

async function limitTime<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`There was no decision within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

function sendTwiml(reply: FastifyReply, twiml: string): FastifyReply {
  return reply
    .header('content-type', 'text/xml; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(twiml)
}

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../../platform/clock.ts'
import type { Routes } from '../../platform/http/http-server.ts'
import { Problem, platformProblems } from '../../platform/problem.ts'
import { publicId, uuidFrom } from '../../public-ids.ts'
import type { CallReport } from '../apply-carrier-report.ts'
import type { TwilioSettings } from '../settings.ts'
import type { AnsweredDecision, IncomingDecision, Voice } from '../voice.ts'
import { twilioAddress, twilioPaths } from './addresses.ts'
import { callerOf } from './caller.ts'
import { isSignedByTwilio } from './signature.ts'
import { endReasonOf, instantOf, isMachine, isOver, wholeSecond } from './status.ts'
import { connected, hungUp, rejected } from './twiml.ts'

export type TwilioRouteDeps = {
  readonly voice: Pick<Voice, 'incoming' | 'answered' | 'report'>
  readonly clock: Clock
  readonly settings: TwilioSettings
}

const bodyBytesMax = 64 * 1024
/** How long a caller may wait for a decision; Twilio itself gives up after 15 seconds. */
const DECISION_MS_MAX = 8_000

/** What Twilio asks and tells. It has no key of ours: it signs each request with the account's auth token. */
export function twilioRoutes({ voice, clock, settings }: TwilioRouteDeps): Routes {
  const { authToken, publicUrl } = settings
  const schema = { hide: true }

  /** The form that came, which must be Twilio's own. */
  function formOf(request: FastifyRequest): URLSearchParams {
    const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '')
    const url = publicUrl + request.url
    const signature = request.headers['x-twilio-signature']
    if (typeof signature === 'string' && isSignedByTwilio(authToken, signature, url, form)) return form
    throw new Problem(platformProblems.forbidden, 'The request is not signed as it must be.', {
      internal: `X-Twilio-Signature ${signature === undefined ? 'is missing' : `does not fit ${url}`}`,
    })
  }

  function reportOf(
    request: FastifyRequest,
    form: URLSearchParams,
  ): Pick<CallReport, 'callId' | 'carrier' | 'atMs'> {
    const atMs = instantOf(form.get('Timestamp')) ?? wholeSecond(clock.now())
    return { carrier: 'twilio', callId: callOf(request), atMs }
  }

  function connectedTo(
    { call, agent }: Extract<IncomingDecision, { decision: 'connect' }>,
    isIncoming: boolean,
  ): string {
    const isStream = agent.voiceEndpoint.startsWith('wss:')
    return connected({
      endpoint: agent.voiceEndpoint,
      secondsMax: Math.ceil(call.maxDurationMs / 1000),
      callerId: isIncoming ? undefined : (agent.phoneNumber ?? undefined),
      told: {
        callId: publicId('call', call.id),
        agentId: publicId('agent', call.agentId),
        direction: call.direction,
        ...(call.from !== null && { from: call.from }),
        ...(call.to !== null && { to: call.to }),
      },
      // A call that we placed is answered by whom we called, and Twilio says so itself.
      statusUrl: isIncoming ? twilioAddress(publicUrl, isStream ? 'stream' : 'agent', call.id) : undefined,
      answersWithAgent: isIncoming,
    })
  }

  /** Whatever happens, the caller hears something that makes sense: never an error that Twilio reads out. */
  async function decide<Decision>(
    request: FastifyRequest,
    ask: () => Promise<Decision>,
  ): Promise<Decision | undefined> {
    try {
      return await within(DECISION_MS_MAX, ask())
    } catch (error) {
      request.log.error(
        { err: error, route: request.routeOptions.url },
        'A call at Twilio could not be decided',
      )
      return undefined
    }
  }

  return async (all) => {
    await all.register(async (server) => {
      server.removeAllContentTypeParsers()
      server.addContentTypeParser(
        'application/x-www-form-urlencoded',
        { parseAs: 'string' },
        (_request, body, done) => done(null, body),
      )
      const options = { schema, bodyLimit: bodyBytesMax }

      server.post(twilioPaths.incoming, options, async (request, reply) => {
        const form = formOf(request)
        const incoming = { ref: form.get('CallSid') ?? '', from: callerOf(form), to: form.get('To') ?? '' }
        const decision = await decide<IncomingDecision>(request, () =>
          voice.incoming({ carrier: 'twilio', ...incoming }),
        )
        if (decision?.decision === 'connect') return sendTwiml(reply, connectedTo(decision, true))
        if (decision !== undefined) {
          const { ref, to } = incoming
          request.log.info({ ref, to, reason: decision.reason }, 'A call that came in was turned away')
        }
        return sendTwiml(reply, rejected)
      })

      server.post(twilioPaths.outbound, options, async (request, reply) => {
        const form = formOf(request)
        const callId = callOf(request)
        const ref = form.get('CallSid') ?? ''
        if (callId === undefined || isMachine(form.get('AnsweredBy'))) return sendTwiml(reply, hungUp)
        const decision = await decide<AnsweredDecision>(request, () =>
          voice.answered({ carrier: 'twilio', ref, callId }),
        )
        if (decision?.decision === 'connect') return sendTwiml(reply, connectedTo(decision, false))
        if (decision !== undefined) {
          request.log.warn({ ref, reason: decision.reason }, 'A call that was answered was hung up')
        }
        return sendTwiml(reply, hungUp)
      })

      server.post(twilioPaths.status, options, async (request, reply) => {
        const form = formOf(request)
        const [ref, status] = [form.get('CallSid') ?? '', form.get('CallStatus') ?? '']
        const said = { ...reportOf(request, form), ref }
        if (isOver(status)) {
          const reason = endReasonOf(status, form.get('AnsweredBy'))
          const talkedMs = Number(form.get('CallDuration') ?? 0) * 1000
          await voice.report({ ...said, type: 'ended', reason, talkedMs })
        } else {
          await voice.report({ ...said, type: status === 'in-progress' ? 'answered' : 'ringing' })
        }
        return reply.code(204).send()
      })

      // The agent's end of a call that came in: its answer is the answer, what else becomes of it is asked after.
      server.post(twilioPaths.agent, options, async (request, reply) => {
        const form = formOf(request)
        const type = form.get('CallStatus') === 'in-progress' ? 'answered' : 'changed'
        await voice.report({ ...reportOf(request, form), ref: form.get('ParentCallSid') ?? '', type })
        return reply.code(204).send()
      })

      server.post(twilioPaths.stream, options, async (request, reply) => {
        const form = formOf(request)
        const type = form.get('StreamEvent') === 'stream-started' ? 'answered' : 'changed'
        await voice.report({ ...reportOf(request, form), ref: form.get('CallSid') ?? '', type })
        return reply.code(204).send()
      })
    })
  }
}

/** Our call, as the address that we gave Twilio names it. */
function callOf(request: FastifyRequest): string | undefined {
  const { call } = request.query as { readonly call?: unknown }
  return typeof call === 'string' ? uuidFrom('call', call) : undefined
}

function sendTwiml(reply: FastifyReply, twiml: string): FastifyReply {
  return reply
    .header('content-type', 'text/xml; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(twiml)
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
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

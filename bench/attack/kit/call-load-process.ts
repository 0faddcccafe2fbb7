import { Agent, request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { systemClock } from '../../../server/src/platform/clock.ts'
import type { Caller } from '../../load/make-call.ts'
import { percentile } from '../../stopwatch.ts'
import type { AcknowledgedCall, CallLoadJob, CallLoadResult } from './call-load.ts'

const ANSWER_MS_MAX = 30_000
/** How long a voice stack waits before it repeats a report that was not acknowledged. */
const REPEAT_MS = 250
/** After this time no report is repeated, so that a load on a dead server ends. */
const REPORT_MS_MAX = 60_000
/** The reported length of each conversation. */
const CALL_MS = 1_000

const agent = new Agent({ keepAlive: true, maxSockets: 256 })
const starts: Record<number, number> = {}
const acknowledged: AcknowledgedCall[] = []
const running = new Set<Promise<void>>()
let authorizeMs: number[] = []
let failedMs: number[] = []
let reportsRepeated = 0
let number = 0

process.once('message', (job: CallLoadJob) => {
  const startedMs = performance.now()
  let startedCount = 0
  const timer = setInterval(() => {
    for (;;) {
      const dueMs = startedMs + (startedCount * 1000) / job.callsPerSecond
      if (dueMs > performance.now()) return
      startedCount += 1
      const call = makeCall(job, dueMs).finally(() => running.delete(call))
      running.add(call)
    }
  }, 1)
  process.on('message', (message) => {
    if (message === 'reset') {
      authorizeMs = []
      failedMs = []
      return
    }
    clearInterval(timer)
    void Promise.all(running).then(() => process.send?.(createResult(), () => process.exit()))
  })
})

async function makeCall(job: CallLoadJob, dueMs: number): Promise<void> {
  const index = number
  number += 1
  const caller = job.callers[index % job.callers.length]
  if (caller === undefined) throw new Error('There is no workspace to make calls from')
  const send = createSender(job, caller, index)
  const body = { agentId: caller.agentId, direction: 'outbound', from: '+14155550100', to: '+14155550101' }
  const start = await send('/v1/calls', body)
  starts[start.status] = (starts[start.status] ?? 0) + 1
  const latencyMs = performance.now() - dueMs
  if (start.status !== 201) {
    failedMs.push(latencyMs)
    return
  }
  authorizeMs.push(latencyMs)
  const { id } = JSON.parse(start.text) as { id: string }
  const untilMs = performance.now() + REPORT_MS_MAX
  const at = new Date(systemClock.now() - CALL_MS).toISOString()
  const answer = await reportUntilAcknowledged(() => send(`/v1/calls/${id}/answer`, { at }), untilMs)
  if (answer === undefined) return void acknowledged.push({ id, answered: false, chargedMs: null })
  const end = await reportUntilAcknowledged(() => send(`/v1/calls/${id}/end`, { reason: 'hangup' }), untilMs)
  const charged = end && (JSON.parse(end.text) as { charged: { milliseconds: number } }).charged
  acknowledged.push({ id, answered: true, chargedMs: charged?.milliseconds ?? null })
}

/** Repeats a report until a server acknowledges it, as voice stacks do. Undefined: none did. */
async function reportUntilAcknowledged(
  send: () => Promise<Answer>,
  untilMs: number,
): Promise<Answer | undefined> {
  while (performance.now() < untilMs) {
    const answer = await send()
    if (answer.status === 200) return answer
    reportsRepeated += 1
    await pause(REPEAT_MS)
  }
  return undefined
}

type Answer = { readonly status: number; readonly text: string }

/** Creates a function that posts for one call, to one server after another. Never rejects. */
function createSender({ ports, answerMsMax = ANSWER_MS_MAX }: CallLoadJob, caller: Caller, first: number) {
  let turn = first
  return (path: string, body: object): Promise<Answer> => {
    const port = ports[turn % ports.length]
    turn += 1
    const payload = JSON.stringify(body)
    return new Promise((resolve) => {
      const fail = () => resolve({ status: 0, text: '' })
      const headers = {
        authorization: `Bearer ${caller.key}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(payload),
      }
      const outgoing = request({ host: '127.0.0.1', port, path, method: 'POST', agent, headers })
      outgoing.setTimeout(answerMsMax, () => outgoing.destroy(new Error('No answer')))
      outgoing.on('error', fail)
      outgoing.on('response', (incoming) => {
        let text = ''
        incoming.setEncoding('utf8')
        incoming.on('data', (chunk: string) => {
          text += chunk
        })
        incoming.on('error', fail)
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, text }))
      })
      outgoing.end(payload)
    })
  }
}

function createResult(): CallLoadResult {
  const failed = { p99: percentile(failedMs, 0.99), max: percentile(failedMs, 1) }
  const admitted = {
    count: authorizeMs.length,
    p50: percentile(authorizeMs, 0.5),
    p99: percentile(authorizeMs, 0.99),
    max: percentile(authorizeMs, 1),
  }
  return { authorizeMs: admitted, starts, failedMs: failed, reportsRepeated, acknowledged }
}

// The attack may end early.
process.once('disconnect', () => process.exit())

import type { FastifyReply, FastifyRequest } from 'fastify'
import { createOverloaded } from '../problem.ts'
import type { HttpServer } from './http-server.ts'

/**
 * What is refused first when there is too much to do: `normal` requests, then `high`, then `urgent` ones; `vital` ones
 * last. A route that bounds its own requests in another way, such as a stream, has `own`.
 */
export type Importance = 'normal' | 'high' | 'urgent' | 'vital' | 'own'

type Bound = {
  /** The most requests of all kinds in progress for another one to be admitted. */
  readonly all: number
  /** Likewise, the most of one sender. */
  readonly sender: number
}

/** An admitted request waits for about as long as those before it take: a few thousand in a second. */
const BOUNDS: Readonly<Record<Exclude<Importance, 'own'>, Bound>> = {
  normal: { all: 192, sender: 96 },
  high: { all: 320, sender: 192 },
  urgent: { all: 512, sender: 320 },
  vital: { all: 768, sender: 512 },
}

/** The most bytes of bodies that requests in progress may bring, in all and from one sender. */
const BODY_BYTES: Bound = { all: 128 * 1024 * 1024, sender: 32 * 1024 * 1024 }
/** Bodies up to this length are not counted: the number of requests bounds them. */
const SMALL_BODY_BYTES = 32 * 1024

export type Admission = {
  /** Requests in progress that were admitted. */
  readonly inProgress: number
  /** How many requests were refused. */
  readonly refused: number
}

export type AdmissionOptions = {
  /** Names the sender of a request, whose share is bounded; undefined: the sender has no share of its own. */
  readonly senderOf: (request: FastifyRequest) => string | undefined
}

/**
 * Bounds the requests in progress and the bytes of their bodies, in all and of each sender. A request that finds no room is
 * answered `overloaded` within milliseconds instead of waiting. Register it after what authenticates requests.
 */
export function admitRequests(server: HttpServer, { senderOf }: AdmissionOptions): Admission {
  const requests = createTally()
  const bytes = createTally()
  let refused = 0

  function refuse(done: (error: Error) => void): void {
    refused += 1
    done(createOverloaded())
  }

  server.addHook('onRequest', (request, reply, done) => {
    const { importance = 'normal', takesFile } = request.routeOptions.config
    const bodyBytes = takesFile ? 0 : readBodyBytes(request)
    if (importance === 'own' && bodyBytes === 0) return done()
    const sender = senderOf(request)
    if (bodyBytes > 0 && !bytes.hasRoom(BODY_BYTES, sender)) return refuse(done)
    if (importance !== 'own' && !requests.hasRoom(BOUNDS[importance], sender)) return refuse(done)
    if (bodyBytes > 0) addUntilClosed(bytes, reply, sender, bodyBytes)
    if (importance !== 'own') addUntilClosed(requests, reply, sender, 1)
    done()
  })
  return {
    get inProgress() {
      return requests.all
    },
    get refused() {
      return refused
    },
  }
}

/** A sum in all and by sender. */
type Tally = {
  hasRoom(bound: Bound, sender: string | undefined): boolean
  add(sender: string | undefined, count: number): void
  readonly all: number
}

function createTally(): Tally {
  const bySender = new Map<string, number>()
  let all = 0
  return {
    hasRoom: (bound, sender) =>
      all < bound.all && (sender === undefined || (bySender.get(sender) ?? 0) < bound.sender),
    add(sender, count) {
      all += count
      if (sender === undefined) return
      const sum = (bySender.get(sender) ?? 0) + count
      if (sum > 0) bySender.set(sender, sum)
      else bySender.delete(sender)
    },
    get all() {
      return all
    },
  }
}

function addUntilClosed(tally: Tally, reply: FastifyReply, sender: string | undefined, count: number): void {
  tally.add(sender, count)
  reply.raw.once('close', () => tally.add(sender, -count))
}

/** The bytes of a request's body that count. A body of unknown length counts as the longest that the route takes. */
function readBodyBytes({ headers, routeOptions }: FastifyRequest): number {
  const { 'content-length': length, 'transfer-encoding': encoding } = headers
  if (encoding !== undefined) return routeOptions.bodyLimit
  const bytes = Math.min(Number(length ?? 0), routeOptions.bodyLimit)
  return bytes > SMALL_BODY_BYTES ? bytes : 0
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What is refused first when there is too much to do. By default `normal`. */
    importance?: Importance
  }
}

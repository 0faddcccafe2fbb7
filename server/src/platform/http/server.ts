import { randomUUID } from 'node:crypto'
import { DAY_MS, SECOND_MS } from '@talktime/core/time/durations'
import Fastify, { type FastifyBaseLogger, type FastifyError, LogController } from 'fastify'
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { CONNECTIONS_MAX } from '../file-handles.ts'
import { Problem, platformProblems } from '../problem.ts'
import { answerClientError } from './client-error.ts'
import type { Connections } from './connection-limits.ts'
import { createGuardedServer, type GuardedServer } from './guarded-server.ts'
import type { HttpServer } from './http-server.ts'
import { type Metrics, measureRequests } from './metrics.ts'
import { createRouteFinder, type Dashboard } from './not-found.ts'
import { sendProblem } from './problem-response.ts'
import { validatorCompiler } from './validation.ts'

const BODY_BYTES_MAX = 256 * 1024

/** Browsers use https alone for a year. Not for subdomains, which may be other services. */
const STRICT_TRANSPORT = `max-age=${(365 * DAY_MS) / SECOND_MS}`

const SEND_JSON = 'Send the body as JSON with the header Content-Type: application/json.'

/**
 * Creates an HTTP server without routes. It defines how every route behaves: JSON in and out, problems for all errors, a
 * `Request-Id` in each response.
 */
export function createHttpServer(options: {
  log: FastifyBaseLogger
  metrics: Metrics
  dashboard: Dashboard | undefined
  /** The origin people see; undefined: the one that each request was sent to. */
  publicUrl?: string | undefined
  /** The most connections of clients. Left out: as many as the program ever takes. */
  connectionsMax?: number | undefined
}): HttpServer {
  const { publicUrl, connectionsMax = CONNECTIONS_MAX } = options
  const isSecure = publicUrl?.startsWith('https:') === true
  const guarded: GuardedServer[] = []
  const server: HttpServer = Fastify({
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }),
    // Log lines name their request themselves. A logger per request would cost more than the rest of the routing.
    childLoggerFactory: (logger) => logger,
    bodyLimit: BODY_BYTES_MAX,
    genReqId: () => randomUUID(),
    // Only a proxy on this machine or in this network is trusted to tell the caller's address.
    trustProxy: ['loopback', 'linklocal', 'uniquelocal'],
    // Requests on open connections are still answered while the server closes.
    return503OnClosing: false,
    serverFactory(handler) {
      const made = createGuardedServer(handler, { connectionsMax, publicUrl })
      guarded.push(made)
      return made.server
    },
    routerOptions: { maxParamLength: 500 },
    frameworkErrors: (error: FastifyError, request, reply) => {
      reply.header('request-id', request.id)
      sendProblem(request, reply, error, publicUrl)
    },
    clientErrorHandler: (error, socket) => answerClientError(error, socket, publicUrl),
  }).withTypeProvider<ZodTypeProvider>()

  server.setValidatorCompiler(validatorCompiler)
  server.setSerializerCompiler(serializerCompiler)
  addBodyParsers(server)
  server.decorateRequest('idempotencyScope', null)
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('request-id', request.id).header('x-content-type-options', 'nosniff')
    if (isSecure) reply.header('strict-transport-security', STRICT_TRANSPORT)
    if (request.url.startsWith('/v1/')) reply.header('cache-control', 'no-store')
    done()
  })
  measureRequests(server, options.metrics)
  server.setErrorHandler((error, request, reply) => sendProblem(request, reply, error, publicUrl))
  const describeAddress = createRouteFinder(server)
  server.setNotFoundHandler((request, reply) => {
    const answer = describeAddress(request, options.dashboard)
    if (answer.kind === 'dashboard') return options.dashboard?.sendPage(reply)
    if (answer.kind === 'method') reply.header('allow', answer.allow.join(', '))
    return sendProblem(request, reply, answer.problem, publicUrl)
  })
  server.decorate('connections', combineConnections(guarded))
  return server
}

/** The connections of all servers: for a HOST with several addresses Fastify creates a server for each. */
function combineConnections(servers: readonly GuardedServer[]): Connections {
  const sum = (count: (connections: Connections) => number) =>
    servers.reduce((total, { connections }) => total + count(connections), 0)
  return {
    markKnown(socket) {
      for (const { connections } of servers) connections.markKnown(socket)
    },
    isKnown: (socket) => servers.some(({ connections }) => connections.isKnown(socket)),
    get open() {
      return sum(({ open }) => open)
    },
    get refused() {
      return sum(({ refused }) => refused)
    },
  }
}

/** Accepts JSON, and lines of JSON or CSV for routes that say so. The text is kept for the hash of idempotency. */
function addBodyParsers(server: HttpServer): void {
  server.decorateRequest('bodyText', null)
  server.removeAllContentTypeParsers()
  const parseJson = server.getDefaultJsonParser('error', 'error')
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = body as string
    request.bodyText = text
    // An empty body counts as none, which routes with only optional fields accept.
    if (text === '') return done(null, undefined)
    void parseJson(request, text, done)
  })
  server.addContentTypeParser('application/x-ndjson', { parseAs: 'string' }, (request, body, done) => {
    request.bodyText = body as string
    if (request.routeOptions.config.takesLines !== true) {
      return done(new Problem(platformProblems.unsupported_media_type, SEND_JSON), undefined)
    }
    done(null, body)
  })
  server.addContentTypeParser('text/csv', (request, payload, done) => {
    if (request.routeOptions.config.takesFile === true) return done(null, payload)
    done(new Problem(platformProblems.unsupported_media_type, SEND_JSON), undefined)
  })
  server.addHook('preValidation', (request, _reply, done) => {
    // With an empty object, each missing field is reported on its own.
    if (request.body === undefined && request.method !== 'GET') request.body = {}
    done()
  })
}

declare module 'fastify' {
  interface FastifyInstance {
    connections: Connections
  }
  interface FastifyContextConfig {
    /** The route accepts application/x-ndjson. Its body is the text. */
    takesLines?: boolean
    /** The route accepts text/csv. Its body is the stream. */
    takesFile?: boolean
  }
}

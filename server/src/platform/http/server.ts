import { randomUUID } from 'node:crypto'
import Fastify, { type FastifyBaseLogger, type FastifyError, LogController } from 'fastify'
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { Problem, platformProblems } from '../problem.ts'
import { answerClientError } from './client-error.ts'
import type { HttpServer } from './http-server.ts'
import { type Metrics, measureRequests } from './metrics.ts'
import { type Dashboard, describeAddresses } from './not-found.ts'
import { sendProblem } from './problem-answer.ts'
import { validatorCompiler } from './validation.ts'

const bodyBytesMax = 256 * 1024

/**
 * A server that knows no route yet, only how every route behaves: JSON in and out, problems for all errors, a
 * `Request-Id` on each answer.
 */
export function createHttpServer(options: {
  log: FastifyBaseLogger
  metrics: Metrics
  dashboard: Dashboard | undefined
  /** The origin people see; undefined: the one that each request was sent to. */
  publicUrl?: string | undefined
}): HttpServer {
  const { publicUrl } = options
  const server: HttpServer = Fastify({
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }),
    // What is logged about a request names it itself; a logger a request would cost more than the rest of the routing.
    childLoggerFactory: (logger) => logger,
    bodyLimit: bodyBytesMax,
    genReqId: () => randomUUID(),
    // A proxy on this machine or in this network tells the caller's address; strangers cannot make theirs up.
    trustProxy: ['loopback', 'linklocal', 'uniquelocal'],
    // While the server closes, requests on open connections are still answered.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 500 },
    frameworkErrors: (error: FastifyError, request, reply) => {
      reply.header('request-id', request.id)
      sendProblem(request, reply, error, publicUrl)
    },
    clientErrorHandler: (error, socket) => answerClientError(error, socket, publicUrl),
  }).withTypeProvider<ZodTypeProvider>()

  server.setValidatorCompiler(validatorCompiler)
  server.setSerializerCompiler(serializerCompiler)
  readBodies(server)
  server.decorateRequest('idempotencyScope', null)
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('request-id', request.id).header('x-content-type-options', 'nosniff')
    if (request.url.startsWith('/v1/')) reply.header('cache-control', 'no-store')
    done()
  })
  measureRequests(server, options.metrics)
  server.setErrorHandler((error, request, reply) => sendProblem(request, reply, error, publicUrl))
  const describeAddress = describeAddresses(server)
  server.setNotFoundHandler((request, reply) => {
    const answer = describeAddress(request, options.dashboard)
    if (answer.kind === 'dashboard') return options.dashboard?.sendPage(reply)
    if (answer.kind === 'method') reply.header('allow', answer.allow.join(', '))
    return sendProblem(request, reply, answer.problem, publicUrl)
  })
  return server
}

/** Bodies are JSON, or lines of JSON where a route says so. The text is kept for the hash of idempotency. */
function readBodies(server: HttpServer): void {
  server.decorateRequest('bodyText', null)
  server.removeAllContentTypeParsers()
  const parseJson = server.getDefaultJsonParser('error', 'error')
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = body as string
    request.bodyText = text
    // An empty body is no body: routes whose fields are all optional take it.
    if (text === '') return done(null, undefined)
    void parseJson(request, text, done)
  })
  server.addContentTypeParser('application/x-ndjson', { parseAs: 'string' }, (request, body, done) => {
    request.bodyText = body as string
    if (request.routeOptions.config.takesLines !== true) {
      return done(
        new Problem(
          platformProblems.unsupported_media_type,
          'Send the body as JSON with the header Content-Type: application/json.',
        ),
        undefined,
      )
    }
    done(null, body)
  })
  server.addContentTypeParser('text/csv', (request, payload, done) => {
    if (request.routeOptions.config.takesFile === true) return done(null, payload)
    done(
      new Problem(
        platformProblems.unsupported_media_type,
        'Send the body as JSON with the header Content-Type: application/json.',
      ),
      undefined,
    )
  })
  server.addHook('preValidation', (request, _reply, done) => {
    // So that each missing field is named by itself.
    if (request.body === undefined && request.method !== 'GET') request.body = {}
    done()
  })
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route takes application/x-ndjson; its body is the text. */
    takesLines?: boolean
    /** The route takes text/csv; its body is the stream. */
    takesFile?: boolean
  }
}

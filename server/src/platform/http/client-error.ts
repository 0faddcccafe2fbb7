import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { createOverloaded, Problem, platformProblems } from '../problem.ts'
import { PROBLEM_CONTENT_TYPE, problemResponse, RETRY_SECONDS } from './problem-response.ts'
import { socketOrigin } from './request-origin.ts'

/** Answers bytes that are not an HTTP request, or a request that does not arrive. Node.js hands over the connection. */
export function answerClientError(
  error: NodeJS.ErrnoException,
  socket: Socket,
  publicUrl: string | undefined,
): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy()
    return
  }
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    answerSlowClient(socket, publicUrl)
    return
  }
  const detail =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? 'The headers are too long: at most 16 KB together.'
      : 'What was sent cannot be read as an HTTP request.'
  endWithProblem(socket, new Problem(platformProblems.invalid_request, detail), publicUrl)
}

/** Answers a client whose request does not arrive, and closes the connection. */
export function answerSlowClient(socket: Socket, publicUrl: string | undefined): void {
  const detail = 'The request did not arrive in time. Nothing was changed. Send it again, faster or in parts.'
  endWithProblem(socket, new Problem(platformProblems.request_timeout, detail), publicUrl)
  socket.destroySoon()
}

/** Answers a connection for which there is no room. */
export function refuseConnection(socket: Socket, publicUrl: string | undefined): void {
  const detail = 'The server has as many connections as it can serve. Retry shortly.'
  endWithProblem(socket, createOverloaded(detail), publicUrl)
}

function endWithProblem(socket: Socket, problem: Problem, publicUrl: string | undefined): void {
  const requestId = randomUUID()
  const body = JSON.stringify(problemResponse(problem, requestId, publicUrl ?? socketOrigin(socket)))
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
      `Content-Type: ${PROBLEM_CONTENT_TYPE}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      `Request-Id: ${requestId}`,
      ...(problem.type === platformProblems.overloaded ? [`Retry-After: ${RETRY_SECONDS}`] : []),
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  )
}

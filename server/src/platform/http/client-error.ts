import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { Problem, platformProblems } from '../problem.ts'
import { PROBLEM_CONTENT_TYPE, problemResponse } from './problem-response.ts'
import { socketOrigin } from './request-origin.ts'

/** Answers bytes that are not an HTTP request. Node.js hands over the bare connection. */
export function answerClientError(
  error: NodeJS.ErrnoException,
  socket: Socket,
  publicUrl: string | undefined,
): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy()
    return
  }
  const requestId = randomUUID()
  const detail =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? 'The headers are too long: at most 16 KB together.'
      : 'What was sent cannot be read as an HTTP request.'
  const body = JSON.stringify(
    problemResponse(
      new Problem(platformProblems.invalid_request, detail),
      requestId,
      publicUrl ?? socketOrigin(socket),
    ),
  )
  socket.end(
    [
      'HTTP/1.1 400 Bad Request',
      `Content-Type: ${PROBLEM_CONTENT_TYPE}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      `Request-Id: ${requestId}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  )
}

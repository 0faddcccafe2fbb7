import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { PACE_LIMITS, watchSlowClients } from './slow-clients.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

const { sendingMsMax, readingMsMax } = PACE_LIMITS

/** A server under a watch whose time the test makes, and a client in the middle of a request. */
async function openExchange(
  text: string,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
) {
  let onRequest: (request: IncomingMessage) => void = () => {}
  const arrived = new Promise<IncomingMessage>((resolve) => {
    onRequest = resolve
  })
  const server = createServer((request, response) => {
    handle(request, response)
    onRequest(request)
  })
  const pass = watchSlowClients(server, (socket) => {
    socket.end('HTTP/1.1 408 Request Timeout\r\n\r\n')
    socket.destroySoon()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  closers.push(() => {
    client.destroy()
    server.close()
    server.closeAllConnections()
  })
  let received = ''
  client.on('error', () => {})
  const closed = new Promise<string>((resolve) => client.on('close', () => resolve(received)))
  client.write(text)
  const request = await arrived
  return { client, closed, pass, request, read: () => client.on('data', (chunk) => (received += chunk)) }
}

const HALF = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n{"name":'

/** Waits until the server has taken what the client wrote. */
async function write(client: { write(bytes: Buffer): boolean }, request: IncomingMessage, bytes: Buffer) {
  const before = request.socket.bytesRead
  client.write(bytes)
  while (request.socket.bytesRead < before + bytes.length) await new Promise(setImmediate)
}

test('a body that stops in the middle is answered 408', async () => {
  const { closed, pass, read } = await openExchange(HALF, (request) => request.resume())
  read()
  pass(sendingMsMax)
  pass(1)
  expect(await closed).toMatch(/^HTTP\/1.1 408 /)
})

test('a body that arrives a byte at a time is answered 408', async () => {
  const { client, closed, pass, request, read } = await openExchange(HALF, (incoming) => incoming.resume())
  read()
  for (let second = 0; second < sendingMsMax / 1000; second += 1) {
    await write(client, request, Buffer.from('x'))
    pass(1_000)
  }
  pass(1)
  expect(await closed).toMatch(/^HTTP\/1.1 408 /)
})

test('a body that arrives fast enough may take its time', async () => {
  const { client, pass, request } = await openExchange(HALF, (incoming) => incoming.resume())
  for (let second = 0; second < 60; second += 1) {
    await write(client, request, Buffer.alloc(8_192))
    pass(1_000)
  }
  expect(request.socket.destroyed).toBe(false)
})

test('the time in which the server does not read is not the client’s', async () => {
  const { client, pass, request } = await openExchange(HALF, (incoming) =>
    incoming.once('readable', () => {}),
  )
  client.write(Buffer.alloc(200_000))
  while (request.readableLength === 0) await new Promise(setImmediate)
  for (let second = 0; second < 60; second += 1) pass(1_000)
  expect(request.socket.destroyed).toBe(false)
})

test('a client that takes nothing of its answer is disconnected', async () => {
  const get = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'
  const { client, pass, request } = await openExchange(get, (_request, response) =>
    response.end(Buffer.alloc(64 * 1024 * 1024)),
  )
  client.pause()
  pass(1_000)
  // Until the buffers of both sides are full.
  for (let taken = -1; taken !== request.socket.bytesWritten - request.socket.writableLength; ) {
    taken = request.socket.bytesWritten - request.socket.writableLength
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  pass(1_000)
  pass(readingMsMax)
  expect(request.socket.destroyed).toBe(true)
})

test('a connection between two requests is left alone', async () => {
  const get = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'
  const { pass, request } = await openExchange(get, (_request, response) => response.end('hello'))
  for (let second = 0; second < 300; second += 1) pass(1_000)
  expect(request.socket.destroyed).toBe(false)
})

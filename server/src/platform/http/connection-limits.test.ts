import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { type ConnectionLimits, limitConnections, networkOf } from './connection-limits.ts'

/** Waits until the connections that are open now count as silent. */
const settle = () => pause(10)

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** A server whose answer to every request, if it answers, makes the connection known. */
async function openServer(options: Partial<ConnectionLimits> & { answers?: boolean }) {
  const { answers = true, ...given } = options
  const limits = { max: 10, anonymousPerAddress: 10, arrivingMs: 0, ...given }
  const server = createServer((request, response) => {
    if (!answers) return
    connections.markKnown(request.socket)
    response.end('hello')
  })
  const connections = limitConnections(server, limits, (socket) => {
    socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  return { port, connections }
}

/** Connects, optionally sends a request, and waits for an answer or the end. */
async function call(port: number, options: { sends?: boolean } = { sends: true }) {
  const socket = connect(port, '127.0.0.1')
  closers.push(() => socket.destroy())
  let text = ''
  const closed = new Promise<string>((resolve) => {
    socket.on('data', (chunk) => {
      text += chunk.toString()
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(text))
  })
  await new Promise((resolve) => socket.once('connect', resolve))
  if (options.sends) socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  return { socket, closed, answered: answerOf(socket) }
}

function answerOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('data', (chunk) => resolve(chunk.toString().slice(9, 12)))
    socket.once('close', () => resolve('closed'))
  })
}

test('a connection beyond the limit is answered 503 while all others are known', async () => {
  const { port, connections } = await openServer({ max: 2 })
  const known = [await call(port), await call(port)]
  expect(await Promise.all(known.map(({ answered }) => answered))).toEqual(['200', '200'])
  const third = await call(port, { sends: false })
  expect(await third.closed).toMatch(/^HTTP\/1.1 503 /)
  expect([connections.open, connections.refused]).toEqual([2, 1])
})

test('a connection that has only just arrived does not give way to the next one', async () => {
  const { port, connections } = await openServer({ max: 1, arrivingMs: 60_000 })
  const first = await call(port, { sends: false })
  const second = await call(port, { sends: false })
  expect(await second.closed).toMatch(/^HTTP\/1.1 503 /)
  first.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  expect(await first.answered).toBe('200')
  expect([connections.open, connections.refused]).toEqual([1, 1])
})

test('a connection whose request is under way gives way after those that are silent', async () => {
  const { port, connections } = await openServer({ max: 2, answers: false })
  const asking = await call(port)
  const silent = await call(port, { sends: false })
  await settle()
  await call(port, { sends: false })
  expect(await silent.closed).toBe('')
  await settle()
  await call(port)
  await call(port)
  expect(await asking.closed).toBe('')
  expect(connections.open).toBe(2)
})

test('the oldest silent anonymous connection makes room for a new one', async () => {
  const { port, connections } = await openServer({ max: 2 })
  const silent = await call(port, { sends: false })
  await settle()
  const known = await call(port)
  expect(await known.answered).toBe('200')
  const fresh = await call(port)
  expect([await fresh.answered, await silent.closed]).toEqual(['200', ''])
  expect([connections.open, connections.refused]).toEqual([2, 0])
})

test('a connection that closes frees its place', async () => {
  const { port, connections } = await openServer({ max: 1 })
  const first = await call(port)
  expect(await first.answered).toBe('200')
  first.socket.destroy()
  while (connections.open > 0) await new Promise(setImmediate)
  expect(await (await call(port)).answered).toBe('200')
})

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  [undefined, ''],
])('the network of %s is %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

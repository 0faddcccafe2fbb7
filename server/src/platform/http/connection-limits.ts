import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import ipaddr from 'ipaddr.js'

/** The connections of an HTTP server. A connection is anonymous until a request on it proves who sends it. */
export type Connections = {
  /** A request on this connection has proved who sends it: the connection no longer gives way to others. */
  markKnown(socket: Socket): void
  /** Whether a request on this connection has proved who sends it. */
  isKnown(socket: Socket): boolean
  readonly open: number
  readonly refused: number
}

export type ConnectionLimits = {
  /** The most connections at once. */
  readonly max: number
  /** The most anonymous connections from one address, if it is not that of a proxy. */
  readonly anonymousPerAddress: number
  /** How long a new connection keeps its place in any case, in milliseconds. */
  readonly arrivingMs: number
}

/** How long a refused client has to read its answer, in milliseconds. */
const FAREWELL_MS = 500
/** The most refused connections that are still open. Beyond it they are closed without an answer. */
const FAREWELLS_MAX = 32

/**
 * Bounds the connections of a server, so that file handles are left for the database. When all are taken, the anonymous
 * connection that has been silent for longest makes room for a new one; if none is silent, the one whose request began
 * first. If all others are known or have only just arrived, the new one is refused.
 *
 * @param refuse answers a refused connection; must end the socket
 */
export function limitConnections(
  server: Server,
  { max, anonymousPerAddress, arrivingMs }: ConnectionLimits,
  refuse: (socket: Socket) => void,
): Connections {
  const anonymous = createAnonymous(arrivingMs)
  const open = new Set<Socket>()
  const sayFarewell = createFarewell(refuse)
  let refused = 0

  function leave(socket: Socket): void {
    open.delete(socket)
    anonymous.remove(socket)
  }

  /** Closes an anonymous connection. Returns whether there was one that gives way. */
  function makeRoom(): boolean {
    const socket = anonymous.findFirstToGo()
    if (socket === undefined) return false
    // It closes in the next turn of the event loop, and is no longer counted now.
    leave(socket)
    socket.destroy()
    return true
  }

  function admit(socket: Socket): boolean {
    const address = networkOf(socket.remoteAddress)
    if (anonymous.countOf(address) >= anonymousPerAddress && !isNear(address)) return false
    if (open.size >= max && !makeRoom()) return false
    open.add(socket)
    anonymous.add(socket, address)
    socket.once('close', () => leave(socket))
    return true
  }

  // Node.js takes a connection as soon as this event is heard, so its own listeners come after the limit.
  const listeners = server.listeners('connection') as ((socket: Socket) => void)[]
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    if (admit(socket)) {
      for (const listen of listeners) listen.call(server, socket)
      return
    }
    refused += 1
    sayFarewell(socket)
  })
  server.on('request', ({ socket }, response) => {
    anonymous.markBusy(socket)
    response.once('close', () => anonymous.markSilent(socket))
  })
  return {
    markKnown: anonymous.remove,
    isKnown: (socket) => open.has(socket) && !anonymous.has(socket),
    get open() {
      return open.size
    },
    get refused() {
      return refused
    },
  }
}

/** Keeps the anonymous connections in the order in which they give way, and counts them by address. */
function createAnonymous(arrivingMs: number) {
  const addresses = new Map<Socket, string>()
  const counts = new Map<string, number>()
  // Those that have only just arrived are in neither set.
  const silent = new Set<Socket>()
  const busy = new Set<Socket>()

  function markSilent(socket: Socket): void {
    busy.delete(socket)
    if (addresses.has(socket)) silent.add(socket)
  }

  return {
    add(socket: Socket, address: string): void {
      addresses.set(socket, address)
      counts.set(address, (counts.get(address) ?? 0) + 1)
      // What arrived meanwhile is read between a timer and an immediate, also by a server that has been busy for longer.
      const endArrival = () => setImmediate(() => busy.has(socket) || markSilent(socket))
      setTimeout(endArrival, arrivingMs).unref()
    },
    /** A request has begun on the connection. */
    markBusy(socket: Socket): void {
      silent.delete(socket)
      if (addresses.has(socket)) busy.add(socket)
    },
    /** Nothing is going on on the connection. */
    markSilent,
    remove(socket: Socket): void {
      const address = addresses.get(socket)
      if (address === undefined) return
      addresses.delete(socket)
      silent.delete(socket)
      busy.delete(socket)
      const left = (counts.get(address) ?? 0) - 1
      if (left > 0) counts.set(address, left)
      else counts.delete(address)
    },
    has: (socket: Socket) => addresses.has(socket),
    countOf: (address: string) => counts.get(address) ?? 0,
    findFirstToGo: (): Socket | undefined => silent.values().next().value ?? busy.values().next().value,
  }
}

/** Creates a function that lets refused connections read their answer for a moment, and then closes them. */
function createFarewell(refuse: (socket: Socket) => void): (socket: Socket) => void {
  let open = 0
  return (socket) => {
    if (open >= FAREWELLS_MAX) {
      socket.destroy()
      return
    }
    open += 1
    const timer = setTimeout(() => socket.destroy(), FAREWELL_MS)
    socket.on('error', () => {})
    socket.once('close', () => {
      clearTimeout(timer)
      open -= 1
    })
    // What the client sent must be read, or the answer would be lost with the connection's reset.
    socket.resume()
    refuse(socket)
  }
}

/** The network that an address stands for: itself, or the /64 of an IPv6 address, which one customer has whole. */
export function networkOf(address: string | undefined): string {
  if (address === undefined || !ipaddr.isValid(address)) return ''
  const parsed = ipaddr.process(address)
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString()
  return `${parsed.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`
}

const NEAR_RANGES = new Set(['loopback', 'linkLocal', 'uniqueLocal', 'private'])

/** Whether an address belongs to this machine or network, where proxies run that carry many clients. */
function isNear(network: string): boolean {
  const address = network.replace(/\/64$/, '')
  return !ipaddr.isValid(address) || NEAR_RANGES.has(ipaddr.parse(address).range())
}

import { type LookupAddress, lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { Agent, buildConnector, type Dispatcher } from 'undici'

/**
 * How this server speaks to addresses that customers choose. They must not lead it into the operator's own network:
 * only https, and only to public addresses. That is looked at when the connection is made, with the addresses that it
 * is made to, so neither a name that resolves to another address a moment later nor a redirect (none is followed)
 * leads anywhere else.
 */
export type Outbound = {
  /** Throws {@link OutboundRefused} for an address that is refused whatever its name resolves to. */
  check(address: string): URL
  /** Has the name of a checked address looked up as well. Throws {@link OutboundRefused} and what the look-up throws. */
  resolve(address: string): Promise<void>
  /** For `request` of undici, with a checked address: each of its connections is looked at. It uses no proxy. */
  readonly dispatcher: Dispatcher
  /** Ends every connection. */
  close(): Promise<void>
}

/** The address may not be asked. The message is a sentence for whoever chose it. */
export class OutboundRefused extends Error {
  override name = 'OutboundRefused'
}

/** How names are looked up: as `lookup` of node:dns, all addresses. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>

export type OutboundOptions = {
  /** Hosts, or hosts with a port, that the operator allows whatever they resolve to, also without TLS. */
  readonly allow: readonly string[]
  readonly resolve?: Resolve
  readonly connectMsMax?: number
}

const connectMsDefault = 5_000

/** Below are other services' ports: no customer's web server is there. */
const portMin = 1024

export function createOutbound(options: OutboundOptions): Outbound {
  const { resolve = resolveAll, connectMsMax = connectMsDefault } = options
  const allowed = new Set(options.allow.map((entry) => entry.toLowerCase().replaceAll(/[[\]]/g, '')))
  const isAllowed = (host: string, port: string) => allowed.has(host) || allowed.has(`${host}:${port}`)

  function check(address: string): URL {
    const url = URL.parse(address)
    if (url === null || !/^https?:$/.test(url.protocol)) {
      throw new OutboundRefused('It must be a web address, such as https://example.com/path.')
    }
    if (url.username !== '' || url.password !== '') {
      throw new OutboundRefused('It must hold no user name and no password.')
    }
    const host = hostOf(url.hostname)
    const port = portOf(url)
    if (isAllowed(host, port)) return url
    if (url.protocol !== 'https:') throw new OutboundRefused('It must begin with https://.')
    if (port !== '443' && Number(port) < portMin) {
      throw new OutboundRefused(`Its port must be 443, or ${portMin} and above.`)
    }
    if (isIP(host) !== 0) requirePublic([{ address: host, family: isIP(host) }], host)
    else if (isLocalName(host)) throw refused(host)
    return url
  }

  const guardedLookup: LookupFunction = (host, { all }, callback) => {
    resolve(host)
      .then((addresses) => {
        requirePublic(addresses, host)
        return addresses
      })
      .then(
        (addresses) => {
          const [first] = addresses
          if (all) callback(null, [...addresses])
          else callback(null, first?.address ?? '', first?.family)
        },
        (error: Error) => callback(error, ''),
      )
  }

  const traits = { timeout: connectMsMax, allowH2: false }
  const connectAnywhere = buildConnector({ ...traits })
  const connectToPublic = buildConnector({ ...traits, lookup: guardedLookup })
  const dispatcher = new Agent({
    connect(target, callback) {
      const { protocol, hostname, port } = target
      const authority = `${protocol}//${hostname}${port === '' ? '' : `:${port}`}`
      try {
        // A look-up is made for names alone: an address that is written out is looked at here.
        const url = check(authority)
        const anywhere = isAllowed(hostOf(url.hostname), portOf(url))
        const connect = anywhere ? connectAnywhere : connectToPublic
        connect(target, callback)
      } catch (error) {
        callback(error as Error, null)
      }
    },
  })

  return {
    check,
    async resolve(address) {
      const url = check(address)
      const host = hostOf(url.hostname)
      if (isIP(host) !== 0 || isAllowed(host, portOf(url))) return
      requirePublic(await resolve(host), host)
    },
    dispatcher,
    close: () => dispatcher.destroy(),
  }
}

function portOf(url: URL): string {
  return url.port !== '' ? url.port : url.protocol === 'https:' ? '443' : '80'
}

/** Without the brackets of IPv6 and the dot that may end a name. */
function hostOf(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
}

/** Names that mean something only inside a network: RFC 6761, RFC 6762, and what has no dot. */
function isLocalName(host: string): boolean {
  return !host.includes('.') || /\.(localhost|local|internal|home\.arpa|test|invalid)$/.test(host)
}

/** Every address counts: which of them is connected to is not ours to choose. */
function requirePublic(addresses: readonly LookupAddress[], host: string): void {
  if (addresses.length === 0 || !addresses.every(({ address }) => isPublic(address))) throw refused(host)
}

/** All of IPv6 that is given out to be reached from everywhere. Outside are old ways to carry addresses of IPv4. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

/** Looks public, and is the machine's host in Azure: it hands out certificates and settings of the machine. */
const azureHost = '168.63.129.16'

/**
 * Everything that a registry has set aside is refused: private, loopback, link-local (metadata services answer there),
 * carrier-grade NAT, multicast, reserved, and ways in which IPv6 carries an address of IPv4, such as NAT64.
 */
function isPublic(text: string): boolean {
  if (!ipaddr.isValid(text)) return false
  const address = ipaddr.process(text)
  if (address.toString() === azureHost) return false
  if (address instanceof ipaddr.IPv6 && !address.match(globalUnicast)) return false
  return address.range() === 'unicast'
}

function refused(host: string): OutboundRefused {
  return new OutboundRefused(`${host} may not be asked: it does not lead to a public address.`)
}

const resolveAll: Resolve = (host) =>
  new Promise((resolve, reject) => {
    lookup(host, { all: true, verbatim: true }, (error, addresses) =>
      error ? reject(error) : resolve(addresses),
    )
  })

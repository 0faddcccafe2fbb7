import { type LookupAddress, lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { Agent, buildConnector, type Dispatcher } from 'undici'

/**
 * Sends requests to URLs that customers choose. These must not lead into the operator's own network: only https, and only
 * to public addresses. The addresses are checked when the connection is made, so a name that resolves to another address
 * a moment later does not get through. Redirects are not followed.
 */
export type Outbound = {
  /** Parses a URL. Throws {@link OutboundRefused} if it is refused no matter what its name resolves to. */
  check(address: string): URL
  /** Checks a URL and the addresses of its host. Throws {@link OutboundRefused}, and what the DNS lookup throws. */
  resolve(address: string): Promise<void>
  /** For `request` of undici, with a checked URL: it checks every connection it makes. It uses no proxy. */
  readonly dispatcher: Dispatcher
  /** Closes all connections. */
  close(): Promise<void>
}

/** A URL that must not be requested. The message is a sentence for the person who chose it. */
export class OutboundRefused extends Error {
  override name = 'OutboundRefused'
}

/** Looks up all addresses of a host, like `lookup` of node:dns. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>

export type OutboundOptions = {
  /** Hosts, or hosts with a port, that the operator allows no matter what they resolve to, even without TLS. */
  readonly allow: readonly string[]
  readonly resolve?: Resolve
  readonly connectMsMax?: number
}

const CONNECT_MS_MAX = 5_000

/** The lowest port allowed beside 443. Ports below it belong to other services than customers' web servers. */
const PORT_MIN = 1024

/** Creates the guard for outbound requests. */
export function createOutbound(options: OutboundOptions): Outbound {
  const { resolve = resolveAll, connectMsMax = CONNECT_MS_MAX } = options
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
    if (port !== '443' && Number(port) < PORT_MIN) {
      throw new OutboundRefused(`Its port must be 443, or ${PORT_MIN} and above.`)
    }
    if (isIP(host) !== 0) requirePublic([{ address: host, family: isIP(host) }], host)
    else if (isLocalName(host)) throw refused(host)
    return url
  }

  const connectOptions = { timeout: connectMsMax, allowH2: false }
  const connectAnywhere = buildConnector({ ...connectOptions })
  const connectToPublic = buildConnector({ ...connectOptions, lookup: guardLookup(resolve) })
  const dispatcher = new Agent({
    connect(target, callback) {
      const { protocol, hostname, port } = target
      const authority = `${protocol}//${hostname}${port === '' ? '' : `:${port}`}`
      try {
        // Only names are looked up. Literal addresses are checked here.
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

/** Wraps a DNS lookup: it fails with {@link OutboundRefused} unless all addresses are public. */
function guardLookup(resolve: Resolve): LookupFunction {
  return (host, { all }, callback) => {
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
}

function portOf(url: URL): string {
  return url.port !== '' ? url.port : url.protocol === 'https:' ? '443' : '80'
}

/** Removes the brackets of an IPv6 address, or the dot at the end of a name. */
function hostOf(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
}

/** Whether a name has a meaning only inside a network: RFC 6761, RFC 6762, and names without a dot. */
function isLocalName(host: string): boolean {
  return !host.includes('.') || /\.(localhost|local|internal|home\.arpa|test|invalid)$/.test(host)
}

/** Throws unless all addresses are public: which of them the connection uses is not up to us. */
function requirePublic(addresses: readonly LookupAddress[], host: string): void {
  if (addresses.length === 0 || !addresses.every(({ address }) => isPublic(address))) throw refused(host)
}

/** The globally routable part of IPv6. The rest includes old ways to embed IPv4 addresses. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3')

/** The host of a virtual machine in Azure. It looks public, and serves the machine's certificates and settings. */
const AZURE_HOST = '168.63.129.16'

/**
 * Whether an address is public. Special-purpose addresses are not: private, loopback, link-local (where metadata services
 * answer), carrier-grade NAT, multicast, reserved, and IPv6 addresses that embed an IPv4 address, such as NAT64.
 */
function isPublic(text: string): boolean {
  if (!ipaddr.isValid(text)) return false
  const address = ipaddr.process(text)
  if (address.toString() === AZURE_HOST) return false
  if (address instanceof ipaddr.IPv6 && !address.match(GLOBAL_UNICAST)) return false
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

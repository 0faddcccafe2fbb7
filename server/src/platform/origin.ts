import { isIP } from 'node:net'
import { z } from 'zod'

/** An http or https origin. A slash at its end is removed. */
export const Origin = z
  .url({ protocol: /^https?$/ })
  .transform((text) => new URL(text))
  .refine((url) => url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '')
  .transform((url) => url.origin)

/** Whether a host name or address, also an IPv6 address in brackets, leads to this machine only. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, '$1')
  return name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'))
}

/**
 * The origin at which people open the dashboard, for links: the public address, or the one the server listens on. The Host
 * header of a request never counts: an intruder could choose it, and so where a link with a secret in it leads.
 */
export function dashboardOrigin(server: {
  readonly publicUrl: string | undefined
  readonly host: string
  readonly port: number
}): string {
  const { publicUrl, host, port } = server
  if (publicUrl !== undefined) return publicUrl
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

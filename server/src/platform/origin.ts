import { z } from 'zod'

/** An http or https origin. A slash at its end is removed. */
export const Origin = z
  .url({ protocol: /^https?$/ })
  .transform((text) => new URL(text))
  .refine((url) => url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '')
  .transform((url) => url.origin)

/** The origin at which people open the dashboard, for links: the public address, or the one the server listens on. */
export function dashboardOrigin(server: {
  readonly publicUrl: string | undefined
  readonly host: string
  readonly port: number
}): string {
  return server.publicUrl ?? `http://${server.host}:${server.port}`
}

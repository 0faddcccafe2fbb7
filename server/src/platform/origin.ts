import { z } from 'zod'

/** The text of an origin, http or https, with or without a slash at its end. Read without one. */
export const Origin = z
  .url({ protocol: /^https?$/ })
  .transform((text) => new URL(text))
  .refine((url) => url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '')
  .transform((url) => url.origin)

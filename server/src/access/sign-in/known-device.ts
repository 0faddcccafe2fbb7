import { randomBytes, timingSafeEqual } from 'node:crypto'
import { DAY_MS, SECOND_MS } from '@talktime/core/time/durations'
import type { FastifyRequest } from 'fastify'
import { createSealedBox, type Secrets } from '../../platform/sealed-box.ts'

/**
 * Recognizes browsers in which a person signed in before. Attempts there are counted apart, so that guesses
 * from elsewhere do not keep the person out. The cookie proves nothing else.
 */
export type KnownDevices = {
  /** Whether anybody signed in with this browser before. Needs no query. */
  isKnown(request: FastifyRequest): boolean
  /** The browser's name, if this user signed in with it before. */
  nameFor(request: FastifyRequest, userId: string): string | undefined
  /** The Set-Cookie header after the user signed in with this browser. */
  remember(request: FastifyRequest, userId: string): string
}

const MAX_AGE_MS = 400 * DAY_MS
/** How many people one browser is remembered for. */
const USERS_MAX = 8
const TAG_BYTES = 16

/** Creates what recognizes browsers. The cookie is a random name, the name's seal, and a tag for each user. */
export function createKnownDevices(options: {
  readonly secrets: Secrets
  readonly publicUrl: string | undefined
}): KnownDevices {
  const isSecure = options.publicUrl?.startsWith('https:') === true
  const cookieName = `${isSecure ? '__Secure-' : ''}talktime.device`
  const box = createSealedBox({ secret: options.secrets.secret }, 'known devices')
  const tagOf = (...parts: string[]) => box.hash(parts).subarray(0, TAG_BYTES).toString('base64url')

  function read(request: FastifyRequest): { name: string; tags: string[] } | undefined {
    const [name, seal, ...tags] = request.cookies[cookieName]?.split('.') ?? []
    if (name === undefined || seal === undefined || !isEqualText(seal, tagOf('device', name)))
      return undefined
    return { name, tags: tags.slice(0, USERS_MAX) }
  }

  return {
    isKnown: (request) => read(request) !== undefined,
    nameFor(request, userId) {
      const device = read(request)
      if (device === undefined) return undefined
      const expected = tagOf('user', device.name, userId)
      return device.tags.some((tag) => isEqualText(tag, expected)) ? device.name : undefined
    },
    remember(request, userId) {
      const { name, tags } = read(request) ?? { name: randomBytes(16).toString('base64url'), tags: [] }
      const tag = tagOf('user', name, userId)
      const kept = [tag, ...tags.filter((one) => one !== tag)].slice(0, USERS_MAX)
      const value = [name, tagOf('device', name), ...kept].join('.')
      const attributes = ['Path=/', 'HttpOnly', 'SameSite=Lax', ...(isSecure ? ['Secure'] : [])]
      return `${cookieName}=${value}; Max-Age=${MAX_AGE_MS / SECOND_MS}; ${attributes.join('; ')}`
    },
  }
}

/** Compares texts in a time that does not depend on where they differ. */
export function isEqualText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

import { z } from 'zod'

/** An instant in a response of the API. */
export const Instant = z.string().meta({ format: 'date-time', example: '2026-11-22T10:00:00.000Z' })

/** Formats epoch milliseconds as an RFC 3339 instant in UTC, with milliseconds. */
export function instantOf(atMs: number): string {
  return new Date(atMs).toISOString()
}

/** Formats epoch milliseconds like {@link instantOf}; null stays null. */
export function instantOrNull(atMs: number | null): string | null {
  return atMs === null ? null : instantOf(atMs)
}

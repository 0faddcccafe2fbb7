import { z } from 'zod'
import type { SettingsReader } from '../platform/settings-reader.ts'

const DEMO = { schema: z.enum(['on', 'off']).default('on'), right: '"on" or "off"' }

/** Reads TALKTIME_DEMO: whether a server that finds an empty database creates a demo workspace. */
export function readDemo({ read }: SettingsReader): boolean {
  return read('TALKTIME_DEMO', DEMO) === 'on'
}

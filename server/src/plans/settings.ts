import { z } from 'zod'
import type { SettingsReader } from '../platform/settings-reader.ts'

/** The operator's settings for plans. */
export type PlanSettings = {
  /** How many workspaces on plans without payment a person may own. */
  readonly freeWorkspacesMax: number
}

const FREE_WORKSPACES_MAX = {
  schema: z.coerce.number().int().min(1).max(1_000_000).default(3),
  right: 'a whole number from 1 to 1000000',
}

/** Reads TALKTIME_FREE_WORKSPACES_MAX. */
export function readPlanSettings({ read }: SettingsReader): PlanSettings {
  return { freeWorkspacesMax: read('TALKTIME_FREE_WORKSPACES_MAX', FREE_WORKSPACES_MAX) }
}

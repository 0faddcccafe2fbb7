import type { CallingHours } from '@talktime/core/campaigns/calling-hours'

export type CampaignStatus = 'draft' | 'scheduled' | 'running' | 'paused' | 'completed'

export const pauseReasons = [
  'out_of_credits',
  'by_user',
  'agent_disabled',
  'plan_required',
  'workspace_suspended',
  'carrier_failing',
] as const

export type PauseReason = (typeof pauseReasons)[number]

/** After which outcomes of a dial a contact may be called again. */
export const retryOutcomes = ['no_answer', 'busy', 'failed', 'voicemail'] as const

export type RetryOutcome = (typeof retryOutcomes)[number]

/** What the customer chooses. */
export type CampaignFields = {
  readonly name: string
  readonly agentId: string
  /** Calls at once, at the most. */
  readonly concurrency: number
  /** null: as many as the concurrency allows. */
  readonly callsPerMinute: number | null
  /** null: at any time. */
  readonly callingHours: CallingHours | null
  readonly attemptsMax: number
  readonly retryAfterMs: number
  readonly retryOn: readonly RetryOutcome[]
  readonly onVoicemail: 'hang_up' | 'talk'
  readonly resumeWhenCreditsReturn: boolean
  /** ISO 3166 alpha-2: of numbers without a country code. null: there must be one. */
  readonly defaultCountry: string | null
}

/** How many contacts are in each state. */
export type ContactCounts = {
  readonly waiting: number
  readonly calling: number
  readonly reached: number
  readonly notReached: number
}

/** A campaign as the database has it. Instants are epoch milliseconds, amounts milliseconds of talk time. */
export type CampaignRow = CampaignFields & {
  readonly workspaceId: string
  readonly id: string
  readonly agentName: string
  readonly agentActive: boolean
  readonly status: CampaignStatus
  readonly pauseReason: PauseReason | null
  readonly pausedAtMs: number | null
  readonly createdAtMs: number
  readonly startsAtMs: number | null
  readonly startedAtMs: number | null
  readonly completedAtMs: number | null
  readonly counts: ContactCounts
  /** Dials whose calls are over. */
  readonly dialsOver: number
  /** What its calls were charged. */
  readonly usedMs: number
  readonly failuresInRow: number
  readonly nextSlotMs: number
  readonly lookAtMs: number | null
}

/** Names a campaign in its workspace. */
export type CampaignRef = { readonly workspaceId: string; readonly id: string }

export function contactsLeft({ counts }: Pick<CampaignRow, 'counts'>): number {
  return counts.waiting + counts.calling
}

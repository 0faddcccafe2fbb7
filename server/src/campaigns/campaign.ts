import type { CallingHours } from '@talktime/core/campaigns/calling-hours'

export type CampaignStatus = 'draft' | 'scheduled' | 'running' | 'paused' | 'completed'

export const pauseReasons = [
  'out_of_credits',
  'by_user',
  'agent_disabled',
  'plan_required',
  'workspace_suspended',
  'email_unverified',
  'carrier_failing',
] as const

export type PauseReason = (typeof pauseReasons)[number]

/** Dispositions after which a contact may be called again. */
export const retryOutcomes = ['no_answer', 'busy', 'failed', 'voicemail'] as const

export type RetryOutcome = (typeof retryOutcomes)[number]

/** The settings that a customer chooses. */
export type CampaignFields = {
  readonly name: string
  readonly agentId: string
  /** The most calls at the same time. */
  readonly concurrency: number
  /** null: only `concurrency` limits the pace. */
  readonly callsPerMinute: number | null
  /** null: at any time. */
  readonly callingHours: CallingHours | null
  /** The most dial attempts for each contact. */
  readonly attemptsMax: number
  readonly retryAfterMs: number
  readonly retryOn: readonly RetryOutcome[]
  readonly onVoicemail: 'hang_up' | 'talk'
  readonly resumeWhenCreditsReturn: boolean
  /** ISO 3166 alpha-2 code of numbers without a country code. null: every number must have one. */
  readonly defaultCountry: string | null
}

/** The number of contacts in each state. */
export type ContactCounts = {
  readonly waiting: number
  readonly calling: number
  readonly reached: number
  readonly notReached: number
}

/** A row of `campaigns` with its agent. Instants are epoch milliseconds, amounts milliseconds of talk time. */
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
  /** What the campaign's calls were charged. */
  readonly usedMs: number
  readonly failuresInRow: number
  /** The earliest time of the next dial, by the pace. */
  readonly nextSlotMs: number
  /** When the dialer must look at the campaign again. null: only after a change. */
  readonly lookAtMs: number | null
}

/** Names a campaign in its workspace, by UUIDs. */
export type CampaignRef = { readonly workspaceId: string; readonly id: string }

/** Counts the contacts that are not done: those waiting and those in a call. */
export function countContactsLeft({ counts }: Pick<CampaignRow, 'counts'>): number {
  return counts.waiting + counts.calling
}

import type { Campaign } from '../../api/types.ts'

/** Makes a campaign for tests: running, within its calling hours, 312 of 1,000 contacts left. */
export function makeCampaign(parts: Partial<Campaign> = {}): Campaign {
  return {
    id: 'camp_1',
    name: 'Recalls',
    agentId: 'agt_1',
    agentName: 'Reception',
    status: 'running',
    pauseReason: null,
    pauseDetail: null,
    pausedAt: null,
    createdAt: '2026-11-20T08:00:00.000Z',
    startsAt: null,
    startedAt: '2026-11-22T08:00:00.000Z',
    completedAt: null,
    concurrency: 20,
    callsPerMinute: null,
    callingHours: null,
    callingNow: true,
    nextCallingAt: null,
    retries: { attemptsMax: 3, afterMinutes: 240, on: ['no_answer', 'busy'] },
    onVoicemail: 'hang_up',
    resumeWhenCreditsReturn: false,
    defaultCountry: null,
    contacts: { total: 1_000, waiting: 300, calling: 12, reached: 600, notReached: 88 },
    creditsUsed: { milliseconds: 120_000_000, credits: 2_000 },
    creditsToFinish: { milliseconds: 56_400_000, credits: 940 },
    creditsToFinishBasis: 'campaign',
    ...parts,
  }
}

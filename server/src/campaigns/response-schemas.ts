import { callingState, weekdays } from '@talktime/core/campaigns/calling-hours'
import { MINUTE_MS } from '@talktime/core/time/durations'
import { z } from 'zod'
import { Amount, amountOf } from '../ledger/index.ts'
import { Instant, instantOf, instantOrNull } from '../platform/http/instant.ts'
import { publicId } from '../public-ids.ts'
import { type CampaignRow, pauseReasons, retryOutcomes } from './campaign.ts'
import { describePause } from './campaign-alerts.ts'
import type { ContactRow, ImportRow } from './contacts/contact-store.ts'
import type { Estimate } from './estimate.ts'

export const CampaignStatusName = z.enum(['draft', 'scheduled', 'running', 'paused', 'completed'])

const Count = z.int()

const CallingHours = z
  .object({
    timeZone: z.string(),
    days: z.array(z.object({ day: z.enum(weekdays), from: z.string(), to: z.string() })),
  })
  .meta({
    id: 'CallingHours',
    description: 'When calls may be made, by weekday and the clock of a time zone.',
  })

const Retries = z
  .object({ attemptsMax: z.int(), afterMinutes: z.number(), on: z.array(z.enum(retryOutcomes)) })
  .meta({ id: 'Retries', description: 'How often, and after which dispositions, a contact is called again.' })

export const CampaignResponse = z
  .object({
    id: z.string().meta({ example: 'camp_0199c3a87e4d7aa1b1f3a06a5a0f7b1c' }),
    name: z.string(),
    agentId: z.string(),
    agentName: z.string(),
    status: CampaignStatusName,
    pauseReason: z.enum(pauseReasons).nullable(),
    pauseDetail: z
      .string()
      .nullable()
      .meta({ description: 'Why it is paused and how to resume it, in sentences.' }),
    pausedAt: Instant.nullable(),
    createdAt: Instant,
    startsAt: Instant.nullable(),
    startedAt: Instant.nullable(),
    completedAt: Instant.nullable(),
    concurrency: z.int(),
    callsPerMinute: z.number().nullable(),
    callingHours: CallingHours.nullable().meta({ description: 'null: at any time.' }),
    callingNow: z.boolean().meta({ description: 'Whether its calling hours allow calls now.' }),
    nextCallingAt: Instant.nullable().meta({
      description: 'When the calling hours next begin; null: they are on, or never begin.',
    }),
    retries: Retries,
    onVoicemail: z.enum(['hang_up', 'talk']),
    resumeWhenCreditsReturn: z.boolean(),
    defaultCountry: z.string().nullable(),
    contacts: z.object({
      total: Count,
      waiting: Count,
      calling: Count,
      reached: Count,
      notReached: Count.meta({ description: 'Not reached in the chosen number of attempts.' }),
    }),
    creditsUsed: Amount,
    creditsToFinish: Amount.nullable().meta({
      description:
        'An estimate of what the remaining contacts will be charged; null: too few calls are known.',
    }),
    creditsToFinishBasis: z
      .enum(['campaign', 'agent'])
      .nullable()
      .meta({ description: 'What the estimate is based on: the calls of this campaign, or of its agent.' }),
  })
  .meta({ id: 'Campaign' })

/** Builds the response for a campaign. `nowMs` decides whether its calling hours are on. */
export function campaignResponse(
  campaign: CampaignRow,
  estimate: Estimate,
  nowMs: number,
): z.infer<typeof CampaignResponse> {
  const { counts } = campaign
  const hours = callingState(campaign.callingHours, nowMs)
  return {
    id: publicId('campaign', campaign.id),
    name: campaign.name,
    agentId: publicId('agent', campaign.agentId),
    agentName: campaign.agentName,
    status: campaign.status,
    pauseReason: campaign.pauseReason,
    pauseDetail: describePause(campaign),
    pausedAt: instantOrNull(campaign.pausedAtMs),
    createdAt: instantOf(campaign.createdAtMs),
    startsAt: instantOrNull(campaign.startsAtMs),
    startedAt: instantOrNull(campaign.startedAtMs),
    completedAt: instantOrNull(campaign.completedAtMs),
    concurrency: campaign.concurrency,
    callsPerMinute: campaign.callsPerMinute,
    callingHours: campaign.callingHours && {
      timeZone: campaign.callingHours.timeZone,
      days: [...campaign.callingHours.days],
    },
    callingNow: hours.open,
    nextCallingAt: hours.open ? null : instantOrNull(hours.opensAtMs),
    retries: {
      attemptsMax: campaign.attemptsMax,
      afterMinutes: campaign.retryAfterMs / MINUTE_MS,
      on: [...campaign.retryOn],
    },
    onVoicemail: campaign.onVoicemail,
    resumeWhenCreditsReturn: campaign.resumeWhenCreditsReturn,
    defaultCountry: campaign.defaultCountry,
    contacts: { total: counts.waiting + counts.calling + counts.reached + counts.notReached, ...counts },
    creditsUsed: amountOf(campaign.usedMs),
    creditsToFinish: estimate && amountOf(estimate.ms),
    creditsToFinishBasis: estimate?.basis ?? null,
  }
}

export const ContactStateName = z.enum(['waiting', 'calling', 'reached', 'not_reached'])

export const ContactResponse = z
  .object({
    id: z.string(),
    phone: z.string(),
    name: z.string().nullable(),
    details: z
      .record(z.string(), z.string())
      .nullable()
      .meta({ description: 'The other columns of the file.' }),
    state: ContactStateName,
    attempts: z.int(),
    lastOutcome: z.string().nullable(),
    lastAttemptAt: Instant.nullable(),
    nextAttemptAt: Instant.nullable(),
    lastCallId: z.string().nullable(),
  })
  .meta({ id: 'Contact' })

/** Builds the response for a contact. */
export function contactResponse(contact: ContactRow): z.infer<typeof ContactResponse> {
  const isWaiting = contact.state === 'waiting' && contact.nextAttemptAtMs > 0
  return {
    id: publicId('contact', contact.id),
    phone: contact.phone,
    name: contact.name,
    details: contact.details,
    state: contact.state,
    attempts: contact.attempts,
    lastOutcome: contact.lastOutcome,
    lastAttemptAt: instantOrNull(contact.lastAttemptAtMs),
    nextAttemptAt: isWaiting ? instantOf(contact.nextAttemptAtMs) : null,
    lastCallId: contact.lastCallId && publicId('call', contact.lastCallId),
  }
}

export const RejectionResponse = z.object({
  line: z.int().meta({ description: 'The line in the file; the first is 1.' }),
  reason: z.string().meta({ description: 'What is wrong, and what would be right.' }),
  value: z.string(),
})

export const ContactImportResponse = z
  .object({
    id: z.string(),
    at: Instant,
    rows: z.int(),
    added: z.int(),
    rejected: z.int(),
    rejections: z
      .array(RejectionResponse)
      .meta({ description: 'The first 100. All of them are in rejected.csv.' }),
  })
  .meta({ id: 'ContactImport', description: 'An imported file of contacts.' })

/** Builds the response for an import. */
export function importResponse(row: ImportRow): z.infer<typeof ContactImportResponse> {
  const { id, atMs, rows, added, rejected, rejections } = row
  return {
    id: publicId('contactImport', id),
    at: instantOf(atMs),
    rows,
    added,
    rejected,
    rejections: [...rejections],
  }
}

import { MINUTE_MS } from '@talktime/core/time/durations'
import type { AuditSource } from '../access/index.ts'
import { addAudit, type WorkspaceUnit } from '../ledger/index.ts'
import { instantOrNull } from '../platform/http/instant.ts'
import { publicId } from '../public-ids.ts'
import type { CampaignRow } from './campaign.ts'

type CampaignAction = 'created' | 'changed' | 'archived' | 'started' | 'paused' | 'resumed'

/** Adds to the audit log what somebody did with a campaign, or what Talktime did on its own. */
export function auditCampaign(
  unit: WorkspaceUnit,
  by: AuditSource,
  action: CampaignAction,
  states: { readonly before?: CampaignRow; readonly after?: CampaignRow },
): void {
  const campaign = states.before ?? states.after
  if (campaign === undefined) return
  addAudit(unit, by, {
    action: `campaign.${action}`,
    target: { kind: 'campaign', id: campaign.id, name: campaign.name },
    before: states.before && describeCampaign(states.before),
    after: states.after && describeCampaign(states.after),
  })
}

/** What people decide about a campaign. How far it has got is no decision. */
function describeCampaign(campaign: CampaignRow) {
  return {
    name: campaign.name,
    status: campaign.status,
    pauseReason: campaign.pauseReason,
    agentName: campaign.agentName,
    startsAt: instantOrNull(campaign.startsAtMs),
    concurrency: campaign.concurrency,
    callsPerMinute: campaign.callsPerMinute,
    callingHours: campaign.callingHours && {
      timeZone: campaign.callingHours.timeZone,
      days: campaign.callingHours.days.map(({ day, from, to }) => ({ day, from, to })),
    },
    retries: {
      attemptsMax: campaign.attemptsMax,
      afterMinutes: campaign.retryAfterMs / MINUTE_MS,
      on: campaign.retryOn,
    },
    onVoicemail: campaign.onVoicemail,
    resumeWhenCreditsReturn: campaign.resumeWhenCreditsReturn,
    defaultCountry: campaign.defaultCountry,
    agentId: publicId('agent', campaign.agentId),
  }
}

import { Switch } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { api, readBody } from '../../api/client.ts'
import { asProblem } from '../../api/problem.ts'
import type { Campaign } from '../../api/types.ts'
import { instant } from '../../design/format/instant.ts'
import { Card } from '../../design/ui/Card.tsx'
import { toast } from '../../design/ui/toast.ts'
import { campaignQuery } from './campaign-queries.ts'
import { countryName } from './countries.ts'
import classes from './HowItCalls.module.css'
import { hoursInWords } from './hours-form.ts'
import { count, outcomeLabel } from './labels.ts'
import { useCampaignRights } from './use-campaign-rights.ts'

const alternatives = new Intl.ListFormat('en', { type: 'disjunction' })

/** The campaign's settings in words: pace, calling hours, attempts, voicemail. */
export function HowItCalls({ campaign }: { campaign: Campaign }) {
  const { timeZone, manages } = useCampaignRights()
  return (
    <Card title="Settings">
      <dl className={classes.facts}>
        <Fact name="Agent">
          {manages ? (
            <Link to="/agents" search={{ edit: campaign.agentId }}>
              {campaign.agentName}
            </Link>
          ) : (
            campaign.agentName
          )}
        </Fact>
        <Fact name="Pace">{describePace(campaign)}</Fact>
        <Fact name="Calling hours" note={describeHoursNow(campaign, timeZone)}>
          {hoursInWords(campaign.callingHours)}
        </Fact>
        <Fact name="Attempts">{describeAttempts(campaign)}</Fact>
        <Fact name="Voicemail">
          {campaign.onVoicemail === 'hang_up' ? 'Hangs up' : 'The agent leaves a message'}
        </Fact>
        {campaign.defaultCountry !== null && (
          <Fact name="Numbers without a country code">{countryName(campaign.defaultCountry)}</Fact>
        )}
      </dl>
      <ResumeSwitch campaign={campaign} />
    </Card>
  )
}

function Fact({ name, note, children }: { name: string; note?: string | null; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>
        {children}
        {note && <span className={classes.note}>{note}</span>}
      </dd>
    </div>
  )
}

function describePace({ concurrency, callsPerMinute }: Campaign): string {
  const atOnce = concurrency === 1 ? '1 call at a time' : `Up to ${count(concurrency)} calls at once`
  return callsPerMinute === null ? atOnce : `${atOnce}, ${count(callsPerMinute)} a minute`
}

function describeHoursNow(campaign: Campaign, timeZone: string): string | null {
  if (campaign.callingHours === null || campaign.status === 'completed') return null
  if (campaign.callingNow) return 'Open now.'
  if (campaign.nextCallingAt === null) return 'They never start.'
  return `Closed now. Opens ${instant(campaign.nextCallingAt, 'dayTime', timeZone)}.`
}

function describeAttempts({ retries }: Campaign): string {
  if (retries.attemptsMax === 1 || retries.on.length === 0) return '1 per contact'
  const after = alternatives.format(retries.on.map((outcome) => outcomeLabel(outcome).toLowerCase()))
  return `Up to ${retries.attemptsMax} per contact, ${minutesInWords(retries.afterMinutes)} apart, after ${after}`
}

/** Writes minutes in the largest whole unit: `15 minutes`, `4 hours`, `2 days`. */
function minutesInWords(minutes: number): string {
  const [number, unit] =
    minutes % 1_440 === 0
      ? [minutes / 1_440, 'day']
      : minutes % 60 === 0
        ? [minutes / 60, 'hour']
        : [minutes, 'minute']
  return `${count(number)} ${unit}${number === 1 ? '' : 's'}`
}

/** The switch to resume when credits return. It saves right away, because it changes nothing now. */
function ResumeSwitch({ campaign }: { campaign: Campaign }) {
  const queryClient = useQueryClient()
  const { mayRun } = useCampaignRights()
  const change = useMutation({
    mutationFn: (resumeWhenCreditsReturn: boolean) =>
      readBody(
        api.PATCH('/v1/campaigns/{id}', {
          params: { path: { id: campaign.id } },
          body: { resumeWhenCreditsReturn },
        }),
      ),
    onSuccess: (saved) => {
      queryClient.setQueryData(campaignQuery(campaign.id).queryKey, saved)
      toast(
        saved.resumeWhenCreditsReturn
          ? 'Resumes when credits return'
          : 'Someone has to resume it when credits return',
      )
    },
    onError: (error) => toast(asProblem(error).message),
  })
  const on = change.isPending ? change.variables : campaign.resumeWhenCreditsReturn
  return (
    <div className={classes.switch}>
      <Switch
        label="Resume when credits return"
        description={
          on
            ? 'If credits run out, the campaign resumes automatically during calling hours.'
            : 'If credits run out, the campaign stays paused until someone resumes it.'
        }
        checked={on}
        disabled={!mayRun || change.isPending}
        onChange={(event) => change.mutate(event.currentTarget.checked)}
      />
    </div>
  )
}

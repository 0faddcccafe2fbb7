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
import { useCampaigning } from './use-campaigning.ts'

const alternatives = new Intl.ListFormat('en', { type: 'disjunction' })

/** Pace, hours, attempts and what happens at zero, in words. */
export function HowItCalls({ campaign }: { campaign: Campaign }) {
  const { timeZone, manages } = useCampaigning()
  return (
    <Card title="How it calls">
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
        <Fact name="Pace">{paceInWords(campaign)}</Fact>
        <Fact name="Calling hours" note={hoursNow(campaign, timeZone)}>
          {hoursInWords(campaign.callingHours)}
        </Fact>
        <Fact name="Attempts">{attemptsInWords(campaign)}</Fact>
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

function paceInWords({ concurrency, callsPerMinute }: Campaign): string {
  const atOnce = concurrency === 1 ? '1 call at a time' : `Up to ${count(concurrency)} calls at once`
  return callsPerMinute === null ? atOnce : `${atOnce}, ${count(callsPerMinute)} a minute`
}

function hoursNow(campaign: Campaign, timeZone: string): string | null {
  if (campaign.callingHours === null || campaign.status === 'completed') return null
  if (campaign.callingNow) return 'They are on now.'
  if (campaign.nextCallingAt === null) return 'They never begin.'
  return `They are off now, and begin ${instant(campaign.nextCallingAt, 'dayTime', timeZone)}.`
}

function attemptsInWords({ retries }: Campaign): string {
  if (retries.attemptsMax === 1 || retries.on.length === 0) return 'Each contact is called once'
  const after = alternatives.format(retries.on.map((outcome) => outcomeLabel(outcome).toLowerCase()))
  return `Up to ${retries.attemptsMax} for each contact, ${minutesInWords(retries.afterMinutes)} apart, after ${after}`
}

/** `15 minutes`, `4 hours`, `2 days` */
function minutesInWords(minutes: number): string {
  const [number, unit] =
    minutes % 1_440 === 0
      ? [minutes / 1_440, 'day']
      : minutes % 60 === 0
        ? [minutes / 60, 'hour']
        : [minutes, 'minute']
  return `${count(number)} ${unit}${number === 1 ? '' : 's'}`
}

/** Saved at once: it changes what happens later, and nothing now. */
function ResumeSwitch({ campaign }: { campaign: Campaign }) {
  const queryClient = useQueryClient()
  const { mayRun } = useCampaigning()
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
          ? 'It resumes when credits return'
          : 'It waits for somebody to resume it',
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
            ? 'A pause for want of credits ends by itself, within the calling hours.'
            : 'A pause for want of credits lasts until somebody resumes it.'
        }
        checked={on}
        disabled={!mayRun || change.isPending}
        onChange={(event) => change.mutate(event.currentTarget.checked)}
      />
    </div>
  )
}

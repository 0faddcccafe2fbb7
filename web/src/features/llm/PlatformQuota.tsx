import { useQuery } from '@tanstack/react-query'
import { instant } from '../../design/format/instant.ts'
import { locale } from '../../design/format/locale.ts'
import { Card } from '../../design/ui/Card.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { SkeletonRows } from '../../design/ui/states.tsx'
import { workspaceQuery } from '../workspace/index.ts'
import classes from './LlmKeysTab.module.css'
import { type LlmSettings, llmSettingsQuery } from './llm-queries.ts'

type Quota = LlmSettings['platformQuota']

const number = (value: number) => value.toLocaleString(locale)

/** What the plan lets the workspace use of the platform's keys, and what is used today. */
export function PlatformQuota() {
  const settings = useQuery(llmSettingsQuery)
  const timeZone = useQuery(workspaceQuery).data?.timeZone ?? 'UTC'
  return (
    <Card
      title="Platform’s keys"
      caption="The platform’s keys work in live calls, and in a few tests a day. Your own keys have no limit here."
    >
      <Loaded query={settings} what="The limits" skeleton={<SkeletonRows count={2} label="limits" />}>
        {({ platformQuota, platformModels }) => (
          <>
            <Figures quota={platformQuota} resetsAt={instant(platformQuota.dayEndsAt, 'time', timeZone)} />
            <p className={classes.models}>
              {platformModels.length === 0
                ? 'The operator of this service has not named a model that the platform pays for.'
                : `Models: ${platformModels.join(', ')}`}
            </p>
          </>
        )}
      </Loaded>
    </Card>
  )
}

function Figures({ quota, resetsAt }: { quota: Quota; resetsAt: string }) {
  const { requestsPerMinute, tokensPerDay, testsPerDay, tokensToday, testsToday } = quota
  const share = tokensPerDay === null || tokensPerDay === 0 ? 0 : tokensToday / tokensPerDay
  return (
    <>
      <dl className={classes.figures}>
        <div>
          <dt>Tokens today</dt>
          <dd>
            {number(tokensToday)}
            <span className={classes.note}>
              {tokensPerDay === null ? 'no limit' : `of ${number(tokensPerDay)}; resets at ${resetsAt}`}
            </span>
          </dd>
        </div>
        <div>
          <dt>Requests a minute</dt>
          <dd>
            {requestsPerMinute === null ? 'No limit' : number(requestsPerMinute)}
            <span className={classes.note}>at most</span>
          </dd>
        </div>
        <div>
          <dt>Tests today</dt>
          <dd>
            {number(testsToday)}
            <span className={classes.note}>of {number(testsPerDay)}</span>
          </dd>
        </div>
      </dl>
      {tokensPerDay !== null && (
        <div className={classes.share} aria-hidden>
          <div className={classes.own} style={{ width: `${Math.min(1, share) * 100}%` }} />
        </div>
      )}
    </>
  )
}

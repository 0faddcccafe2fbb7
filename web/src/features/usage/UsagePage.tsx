import { useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { instant, zoneInWords } from '../../design/format/instant.ts'
import { Freshness } from '../../design/ui/Freshness.tsx'
import { Page } from '../../design/ui/Page.tsx'
import { workspaceQuery } from '../workspace/index.ts'
import { KeyFigures } from './KeyFigures.tsx'
import { PlanSummary } from './PlanSummary.tsx'
import { RangeCard } from './RangeCard.tsx'
import { RecentTransactions } from './RecentTransactions.tsx'
import { TopAgents } from './TopAgents.tsx'
import classes from './UsagePage.module.css'
import { usageRangeQuery, usageSummaryQuery } from './usage-queries.ts'
import { buildUsageQuery } from './usage-search.ts'

/** Usage of this month, of today, and of any window of dates, by day and by agent. */
export function UsagePage() {
  const search = useSearch({ from: '/shell/usage' })
  const timeZone = useQuery(workspaceQuery).data?.timeZone
  const summary = useQuery(usageSummaryQuery)
  // One response has the total, the chart and the agents, so that they always agree.
  const range = useQuery(usageRangeQuery(buildUsageQuery(search)))
  const zone = timeZone ?? 'UTC'
  return (
    <Page
      title="Usage"
      caption={
        <Freshness>
          {timeZone !== undefined && zoneInWords(timeZone)}
          {summary.data && ` · as of ${instant(summary.data.asOf, 'time', zone)}`}
        </Freshness>
      }
    >
      <KeyFigures summary={summary} timeZone={zone} />
      <PlanSummary timeZone={zone} />
      <RangeCard search={search} range={range} timeZone={zone} />
      <div className={classes.columns}>
        <TopAgents range={range} />
        <RecentTransactions timeZone={zone} />
      </div>
    </Page>
  )
}

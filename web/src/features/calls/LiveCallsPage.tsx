import { useQuery } from '@tanstack/react-query'
import type { Call } from '../../api/types.ts'
import { zoneInWords } from '../../design/format/instant.ts'
import { Card } from '../../design/ui/Card.tsx'
import { Freshness } from '../../design/ui/Freshness.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { Page } from '../../design/ui/Page.tsx'
import { SkeletonRows } from '../../design/ui/states.tsx'
import { balanceQuery } from '../balance/index.ts'
import { mayManage, useMembership, workspaceQuery } from '../workspace/index.ts'
import { LIVE_CALLS_SHOWN_MAX, openCallsQuery } from './call-queries.ts'
import { HowToCall } from './HowToCall.tsx'
import { LiveCallsTable } from './LiveCallsTable.tsx'
import { LiveFigures } from './LiveFigures.tsx'

/** The calls in progress, updated live. */
export function LiveCallsPage() {
  const calls = useQuery(openCallsQuery)
  const balance = useQuery(balanceQuery)
  const manages = mayManage(useMembership().workspace.role)
  const timeZone = useQuery(workspaceQuery).data?.timeZone
  return (
    <Page
      title="Live calls"
      caption={
        <Freshness>
          {timeZone === undefined ? '' : `Updates automatically · ${zoneInWords(timeZone)}`}
        </Freshness>
      }
    >
      <LiveFigures calls={calls.data} balance={balance} timeZone={timeZone ?? 'UTC'} />
      <Card
        flush
        {...((calls.data?.length ?? 0) >= LIVE_CALLS_SHOWN_MAX && {
          footer: `Showing the newest ${LIVE_CALLS_SHOWN_MAX} calls. See the call history for all of them.`,
        })}
      >
        <Loaded query={calls} what="Live calls" skeleton={<SkeletonRows label="live calls" />}>
          {(list: Call[]) =>
            list.length === 0 ? <HowToCall /> : <LiveCallsTable calls={list} manages={manages} />
          }
        </Loaded>
      </Card>
    </Page>
  )
}

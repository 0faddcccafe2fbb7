import { useQuery } from '@tanstack/react-query'
import { balanceQuery, liveCallsShown, openCallsQuery, workspaceQuery } from '../api/queries.ts'
import type { Call } from '../api/types.ts'
import { zoneInWords } from '../format/instant.ts'
import { mayManage, useSeat } from '../shell/seat.ts'
import { Card } from '../ui/Card.tsx'
import { Loaded } from '../ui/Loaded.tsx'
import { Page } from '../ui/Page.tsx'
import { SkeletonRows } from '../ui/states.tsx'
import { Freshness } from './Freshness.tsx'
import { HowToCall } from './HowToCall.tsx'
import { LiveCallsTable } from './LiveCallsTable.tsx'
import { LiveFigures } from './LiveFigures.tsx'

/** Who is talking now, and what it costs; it changes by itself. */
export function LiveCallsPage() {
  const calls = useQuery(openCallsQuery)
  const balance = useQuery(balanceQuery)
  const manages = mayManage(useSeat().workspace.role)
  const timeZone = useQuery(workspaceQuery).data?.timeZone
  return (
    <Page
      title="Live calls"
      caption={
        <Freshness>{timeZone === undefined ? '' : `Changes by itself · ${zoneInWords(timeZone)}`}</Freshness>
      }
    >
      <LiveFigures calls={calls.data} balance={balance} timeZone={timeZone ?? 'UTC'} />
      <Card
        flush
        {...((calls.data?.length ?? 0) >= liveCallsShown && {
          footer: `The newest ${liveCallsShown} calls. All of them stand in the call history.`,
        })}
      >
        <Loaded query={calls} what="The live calls" skeleton={<SkeletonRows label="live calls" />}>
          {(list: Call[]) =>
            list.length === 0 ? <HowToCall /> : <LiveCallsTable calls={list} manages={manages} />
          }
        </Loaded>
      </Card>
    </Page>
  )
}

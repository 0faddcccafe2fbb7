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

/** Who is talking now, and what it costs; it changes by itself. */
export function LiveCallsPage() {
  const calls = useQuery(openCallsQuery)
  const balance = useQuery(balanceQuery)
  const manages = mayManage(useMembership().workspace.role)
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
        {...((calls.data?.length ?? 0) >= LIVE_CALLS_SHOWN_MAX && {
          footer: `The newest ${LIVE_CALLS_SHOWN_MAX} calls. All of them stand in the call history.`,
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

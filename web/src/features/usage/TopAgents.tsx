import { Button } from '@mantine/core'
import { IconHeadset } from '@tabler/icons-react'
import type { UseQueryResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { UsageRange } from '../../api/types.ts'
import { creditsFixed } from '../../design/format/credits.ts'
import { roughly } from '../../design/format/duration.ts'
import { locale } from '../../design/format/locale.ts'
import { Card } from '../../design/ui/Card.tsx'
import { type Column, DataTable, stretched } from '../../design/ui/DataTable.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { Empty, SkeletonRows, Updating } from '../../design/ui/states.tsx'
import { searchCalls } from './calls-search.ts'
import { formatCount } from './count-labels.ts'
import { type AgentUse, computeShares, rankAgents } from './ranking.ts'
import classes from './TopAgents.module.css'

const TOP_AGENTS_MAX = 5
const percents = new Intl.NumberFormat(locale, {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
})

/** One row of the table: an agent, or all others together. */
type Line = {
  key: string
  name: string
  agent: AgentUse | null
  usedMs: number
  calls: number
  share: number
}

/** The agents that used the most credits in the window. The rows add up to its total. */
export function TopAgents({ range }: { range: UseQueryResult<UsageRange> }) {
  const [all, setAll] = useState(false)
  const used = range.data?.agents.filter(({ calls }) => calls > 0).length ?? 0
  return (
    <Card
      title="Top Spending Agents"
      caption="For the same dates, adding up to the total"
      flush
      {...(used > TOP_AGENTS_MAX && {
        footer: (
          <Button variant="default" size="xs" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? `Show top ${TOP_AGENTS_MAX}` : `Show all ${used} agents`}
          </Button>
        ),
      })}
    >
      <Loaded
        query={range}
        what="Spend by agent"
        skeleton={<SkeletonRows count={TOP_AGENTS_MAX} label="spend by agent" />}
      >
        {(data) => (
          <Updating active={range.isPlaceholderData}>
            {data.calls === 0 ? (
              <Empty icon={<IconHeadset size={22} stroke={1.5} />} title="No agent used credits">
                Agents appear here when one of their calls ends in these dates.
              </Empty>
            ) : (
              <AgentsTable range={data} count={all ? Number.POSITIVE_INFINITY : TOP_AGENTS_MAX} />
            )}
          </Updating>
        )}
      </Loaded>
    </Card>
  )
}

function listLines(range: UsageRange, count: number): Line[] {
  const agents = range.agents.map(({ total, ...agent }) => ({ ...agent, usedMs: total.milliseconds }))
  const { top, other } = rankAgents(agents, count)
  const lines = [
    ...top.map((agent) => ({ ...agent, key: agent.agentId, agent })),
    ...(other === null ? [] : [{ ...other, key: 'other', name: 'Other', agent: null }]),
  ]
  const shares = computeShares(lines.map(({ usedMs }) => usedMs))
  return lines.map((line, index) => ({ ...line, share: (shares[index] ?? 0) / 1_000 }))
}

function AgentsTable({ range, count }: { range: UsageRange; count: number }) {
  const columns: Column<Line>[] = [
    { label: 'Agent', head: true, cell: (line) => <Name line={line} range={range} /> },
    {
      label: 'Share',
      width: '26%',
      cell: ({ share }) => (
        <span className={classes.share}>
          <span className={classes.track} aria-hidden>
            <span className={classes.bar} style={{ width: `${share * 100}%` }} />
          </span>
          <span className={classes.percent}>{percents.format(share)}</span>
        </span>
      ),
    },
    { label: 'Calls', end: true, cell: ({ calls }) => formatCount(calls) },
    { label: 'Average call', end: true, cell: ({ usedMs, calls }) => roughly(usedMs / calls) },
    {
      label: 'Credits',
      end: true,
      cell: ({ usedMs }) => <data value={usedMs}>{creditsFixed(usedMs)}</data>,
    },
  ]
  return (
    <DataTable
      name="Agents, highest spend first"
      columns={columns}
      rows={listLines(range, count)}
      rowKey={(line) => line.key}
    />
  )
}

function Name({ line, range }: { line: Line; range: UsageRange }) {
  if (line.agent === null) return <span className={classes.other}>Other</span>
  return (
    <>
      <Link
        to="/calls"
        search={searchCalls(range.window, line.agent.agentId)}
        className={stretched ?? ''}
        title={`Calls by ${line.name} in these dates`}
      >
        {line.name}
      </Link>
      {line.agent.archived && <span className={classes.archived}>archived</span>}
    </>
  )
}

import { ActionIcon, Menu } from '@mantine/core'
import {
  IconArchive,
  IconDots,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlugConnectedX,
} from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { asProblem } from '../../api/problem.ts'
import type { Agent } from '../../api/types.ts'
import { instant } from '../../design/format/instant.ts'
import { Confirm } from '../../design/ui/Confirm.tsx'
import { type Column, DataTable, stretched } from '../../design/ui/DataTable.tsx'
import { toast } from '../../design/ui/toast.ts'
import { workspaceQuery } from '../workspace/index.ts'
import { AgentStatus } from './AgentStatus.tsx'
import classes from './AgentsTable.module.css'
import { agentsQuery } from './agent-queries.ts'
import { languageName } from './languages.ts'

export function AgentsTable(props: { agents: Agent[]; manages: boolean; onEdit: (id: string) => void }) {
  const [archiving, setArchiving] = useState<Agent | null>(null)
  const queryClient = useQueryClient()
  const timeZone = useQuery(workspaceQuery).data?.timeZone ?? 'UTC'
  const reload = () => queryClient.invalidateQueries({ queryKey: agentsQuery.queryKey })

  const columns = makeColumns(props.manages, timeZone)
  if (props.manages) {
    columns.push({
      label: 'Actions',
      actions: true,
      cell: (agent) => (
        <AgentMenu
          agent={agent}
          onEdit={() => props.onEdit(agent.id)}
          onArchive={() => setArchiving(agent)}
          onChanged={reload}
        />
      ),
    })
  }

  return (
    <>
      <DataTable name="Agents" columns={columns} rows={props.agents} rowKey={(agent) => agent.id} />
      {archiving && (
        <Confirm
          title={`Archive ${archiving.name}?`}
          button="Archive agent"
          act={() => api.DELETE('/v1/agents/{id}', { params: { path: { id: archiving.id } } })}
          onDone={() => {
            setArchiving(null)
            toast(`${archiving.name} archived`)
            void reload()
          }}
          onClose={() => setArchiving(null)}
        >
          New calls with this agent will be refused, and its phone number becomes available. Past calls and
          receipts keep its name. This cannot be undone.
        </Confirm>
      )}
    </>
  )
}

function makeColumns(manages: boolean, timeZone: string): Column<Agent>[] {
  return [
    {
      label: 'Name',
      head: true,
      cell: (agent) =>
        manages ? (
          <Link to="/agents" search={{ edit: agent.id }} className={stretched ?? ''}>
            {agent.name}
          </Link>
        ) : (
          agent.name
        ),
    },
    {
      label: 'Language',
      cell: (agent) => <span title={agent.language}>{languageName(agent.language)}</span>,
    },
    {
      label: 'Phone number',
      cell: (agent) => <PhoneNumber agent={agent} timeZone={timeZone} />,
    },
    {
      label: 'Model',
      cell: (agent) => (
        <>
          {agent.llmModel} <span className={classes.provider}>{agent.llmProvider}</span>
        </>
      ),
    },
    { label: 'Status', cell: (agent) => <AgentStatus status={agent.status} />, width: '8rem' },
  ]
}

/** The agent's number, with a warning if a call to it could not be connected. */
function PhoneNumber({ agent, timeZone }: { agent: Agent; timeZone: string }) {
  const { phoneNumber, unconnectedCallAt } = agent
  if (phoneNumber === null) return <span className={classes.none}>None</span>
  return (
    <>
      {phoneNumber}
      {unconnectedCallAt !== null && (
        <span className={classes.unconnected}>
          <IconPlugConnectedX size={14} stroke={1.75} className={classes.warning} aria-hidden />
          Missed a call on {instant(unconnectedCallAt, 'dayTime', timeZone)}: “Connects to” is not set
        </span>
      )}
    </>
  )
}

function AgentMenu(props: {
  agent: Agent
  onEdit: () => void
  onArchive: () => void
  onChanged: () => Promise<unknown>
}) {
  const { agent } = props
  const active = agent.status === 'active'
  const change = useMutation({
    mutationFn: () =>
      api.PATCH('/v1/agents/{id}', {
        params: { path: { id: agent.id } },
        body: { status: active ? 'disabled' : 'active' },
      }),
    onSuccess: async () => {
      await props.onChanged()
      toast(active ? `${agent.name} disabled. New calls are refused.` : `${agent.name} enabled`)
    },
    onError: (error) => toast(asProblem(error).message),
  })
  const icon = { size: 16, stroke: 1.75, 'aria-hidden': true }
  return (
    <Menu width={170}>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Actions for ${agent.name}`}
          loading={change.isPending}
        >
          <IconDots {...icon} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil {...icon} />} onClick={props.onEdit}>
          Edit
        </Menu.Item>
        <Menu.Item
          leftSection={active ? <IconPlayerPause {...icon} /> : <IconPlayerPlay {...icon} />}
          onClick={() => change.mutate()}
        >
          {active ? 'Disable' : 'Enable'}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconArchive {...icon} />} color="red" onClick={props.onArchive}>
          Archive…
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

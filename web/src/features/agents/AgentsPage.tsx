import { Button } from '@mantine/core'
import { IconHeadset, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Card } from '../../design/ui/Card.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { Page } from '../../design/ui/Page.tsx'
import { Empty, SkeletonRows } from '../../design/ui/states.tsx'
import { mayManage, ReadOnlyNote, useMembership } from '../workspace/index.ts'
import { AgentDialog } from './AgentDialog.tsx'
import { AgentsTable } from './AgentsTable.tsx'
import { agentsQuery } from './agent-queries.ts'

/** The workspace's agents. */
export function AgentsPage() {
  const agents = useQuery(agentsQuery)
  const manages = mayManage(useMembership().workspace.role)
  const { edit } = useSearch({ from: '/shell/agents' })
  const navigate = useNavigate({ from: '/agents' })
  const open = (id: string) => void navigate({ search: { edit: id } })
  const close = () => void navigate({ search: {}, replace: true })
  const edited = agents.data?.find((agent) => agent.id === edit)

  const newAgent = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} disabled={!manages} onClick={() => open('new')}>
      New agent
    </Button>
  )
  const empty = agents.data?.length === 0
  return (
    <Page
      title="Agents"
      caption="Voice agents that take and make calls"
      actions={empty ? undefined : newAgent}
    >
      <ReadOnlyNote what="add or edit agents" />
      <Card flush>
        <Loaded query={agents} what="Agents" skeleton={<SkeletonRows label="agents" />}>
          {(list) =>
            list.length === 0 ? (
              <Empty icon={<IconHeadset size={22} stroke={1.5} />} title="No agents yet" action={newAgent}>
                An agent is a voice with a language, a model and, optionally, a phone number. Every call
                belongs to an agent and is charged to the workspace.
              </Empty>
            ) : (
              <AgentsTable agents={list} manages={manages} onEdit={open} />
            )
          }
        </Loaded>
      </Card>
      {manages && (edit === 'new' || edited) && (
        <AgentDialog key={edit} {...(edited ? { agent: edited } : {})} onClose={close} />
      )}
    </Page>
  )
}

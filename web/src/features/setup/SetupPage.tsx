import { Button, Skeleton } from '@mantine/core'
import { IconCircleCheck, IconEyeOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Card } from '../../design/ui/Card.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { Page } from '../../design/ui/Page.tsx'
import { Empty } from '../../design/ui/states.tsx'
import { agentsQuery } from '../agents/index.ts'
import { webhooksQuery } from '../alerts/index.ts'
import { paymentMethodsQuery } from '../cards/index.ts'
import { mayManage, ReadOnlyNote, useMembership, workspaceQuery } from '../workspace/index.ts'
import { Steps } from './Steps.tsx'
import { hideSetup, useSetupHidden } from './setup-preference.ts'
import { answeredCallsQuery } from './setup-queries.ts'
import { checkSteps, type SetupFacts } from './steps.ts'

/** The checklist of a new workspace. Steps complete by what happens in the workspace. It can be hidden. */
export function SetupPage() {
  const { workspace } = useMembership()
  const hidden = useSetupHidden(workspace.id)
  const facts = useFacts()
  const counted = facts.data && Object.values(checkSteps(facts.data)).filter((done) => done !== null)
  const done = counted?.filter(Boolean).length
  return (
    <Page
      title="Setup"
      caption={
        counted === undefined
          ? 'Steps complete automatically'
          : `${done} of ${counted.length} done. Steps complete automatically`
      }
      actions={
        !hidden && (
          <Button
            variant="default"
            leftSection={<IconEyeOff size={16} stroke={1.75} aria-hidden />}
            onClick={() => hideSetup(workspace.id, true)}
          >
            Hide the checklist
          </Button>
        )
      }
    >
      <ReadOnlyNote what="add agents and cards, make calls or change settings" />
      {hidden ? (
        <Card>
          <Empty
            icon={<IconCircleCheck size={22} stroke={1.5} />}
            title="The checklist is hidden"
            action={
              <Button variant="default" onClick={() => hideSetup(workspace.id, false)}>
                Show the checklist
              </Button>
            }
          >
            It is hidden from the sidebar for you in this browser. You can show it again here or in
            Preferences.
          </Empty>
        </Card>
      ) : (
        <Card flush>
          <Loaded query={facts} what="The checklist" skeleton={<ChecklistSkeleton />}>
            {(data) => <Steps facts={data} />}
          </Loaded>
        </Card>
      )}
    </Page>
  )
}

/** Combines the queries of the checklist into one. */
function useFacts() {
  const manages = mayManage(useMembership().workspace.role)
  const agents = useQuery(agentsQuery)
  const calls = useQuery(answeredCallsQuery)
  const cards = useQuery({ ...paymentMethodsQuery, enabled: manages })
  const webhooks = useQuery(webhooksQuery)
  const workspace = useQuery(workspaceQuery)
  const queries = [agents, calls, webhooks, workspace, ...(manages ? [cards] : [])]
  const data: SetupFacts | undefined =
    agents.data && calls.data && webhooks.data && workspace.data && (!manages || cards.data)
      ? {
          agents: agents.data,
          calls: calls.data,
          cards: manages ? (cards.data ?? []) : null,
          webhooks: webhooks.data,
          workspace: workspace.data,
        }
      : undefined
  return {
    data,
    error: queries.find(({ error }) => error !== null)?.error ?? null,
    isFetching: queries.some(({ isFetching }) => isFetching),
    refetch: () => Promise.all(queries.filter(({ error }) => error !== null).map((query) => query.refetch())),
  }
}

function ChecklistSkeleton() {
  return (
    <div role="status" aria-label="Loading the checklist" style={{ padding: '1rem 1.25rem' }}>
      {['agent', 'call', 'cost', 'card', 'alert'].map((step) => (
        <Skeleton key={step} height={44} my="md" />
      ))}
    </div>
  )
}

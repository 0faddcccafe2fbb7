import { Button } from '@mantine/core'
import { IconPhoneIncoming, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CopyBlock } from '../../design/ui/Copyable.tsx'
import { Empty } from '../../design/ui/states.tsx'
import { agentsQuery } from '../agents/index.ts'
import { mayManage, useMembership } from '../workspace/index.ts'
import classes from './HowToCall.module.css'

/** The empty state of the Live calls page: how to start the first call. */
export function HowToCall() {
  const agents = useQuery(agentsQuery).data
  const { workspace } = useMembership()
  const agent = agents?.find((candidate) => candidate.status === 'active')
  if (agents !== undefined && agent === undefined) {
    return (
      <Empty
        icon={<IconPhoneIncoming size={22} stroke={1.5} />}
        title="Add an agent to start taking calls"
        action={
          mayManage(workspace.role) ? (
            <Button
              leftSection={<IconPlus size={16} aria-hidden />}
              renderRoot={(props) => <Link to="/agents" search={{ edit: 'new' }} {...props} />}
            >
              New agent
            </Button>
          ) : undefined
        }
      >
        Every call belongs to an agent. Add one, then start a call with its ID.
      </Empty>
    )
  }
  return (
    <Empty
      icon={<IconPhoneIncoming size={22} stroke={1.5} />}
      title="No live calls"
      action={
        agent !== undefined && (
          <div className={classes.example}>
            <CopyBlock value={startCommand(location.origin, agent.id)} what="command" />
            <p className={classes.then}>
              Then POST to <code>/v1/calls/ID/answer</code> and <code>/v1/calls/ID/end</code> with the ID from
              the response. The call is charged from answer to end. <a href="/docs">API reference</a>
            </p>
          </div>
        )
      }
    >
      Calls appear here as soon as they start. Start one with an API key from{' '}
      <Link to="/settings/keys">Settings › API keys</Link>:
    </Empty>
  )
}

function startCommand(origin: string, agentId: string): string {
  return [
    `curl -X POST ${origin}/v1/calls \\`,
    `  -H "Authorization: Bearer $TALKTIME_KEY" \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -d '{"agentId": "${agentId}", "direction": "web"}'`,
  ].join('\n')
}

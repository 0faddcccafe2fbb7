import { IconCircleCheck, IconPlayerPause } from '@tabler/icons-react'
import type { Agent } from '../../api/types.ts'
import classes from './AgentsTable.module.css'

export function AgentStatus({ status }: { status: Agent['status'] }) {
  const Icon = status === 'active' ? IconCircleCheck : IconPlayerPause
  return (
    <span className={classes.status} data-status={status}>
      <Icon size={16} stroke={1.75} className={classes.icon} aria-hidden />
      {status === 'active' ? 'Active' : 'Disabled'}
    </span>
  )
}

import { Menu, UnstyledButton } from '@mantine/core'
import { IconCheck, IconSelector } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { chooseWorkspace } from '../api/workspace-choice.ts'
import { sessionQuery, useMembership, workspaceQuery } from '../features/workspace/index.ts'
import classes from './WorkspaceSwitcher.module.css'

/** Names the current workspace. A person with several can switch here. */
export function WorkspaceSwitcher() {
  const { session, workspace } = useMembership()
  const planName = useQuery(workspaceQuery).data?.plan.name
  const queryClient = useQueryClient()
  const navigate = useNavigate()

  const label = (
    <>
      <span className={classes.monogram} aria-hidden>
        {workspace.name.trim().slice(0, 1).toUpperCase()}
      </span>
      <span className={classes.text}>
        <span className={classes.name}>{workspace.name}</span>
        <span className={classes.plan}>{planName === undefined ? ' ' : `${planName} plan`}</span>
      </span>
    </>
  )
  if (session.workspaces.length === 1) return <div className={classes.single}>{label}</div>

  const switchTo = async (workspaceId: string) => {
    if (workspaceId === workspace.id) return
    await navigate({ to: '/live' })
    // Nothing of the other workspace may stay on screen. Everything but the session is loaded again.
    queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== sessionQuery.queryKey[0] })
    chooseWorkspace(workspaceId)
  }

  return (
    <Menu position="bottom-start" width="target">
      <Menu.Target>
        <UnstyledButton
          className={classes.button}
          aria-label={`Workspace ${workspace.name}. Switch workspace`}
        >
          {label}
          <IconSelector size={16} stroke={1.75} className={classes.selector} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Workspaces</Menu.Label>
        {session.workspaces.map((other) => (
          <Menu.Item
            key={other.id}
            onClick={() => void switchTo(other.id)}
            rightSection={other.id === workspace.id ? <IconCheck size={14} aria-label="current" /> : null}
          >
            {other.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

import { IconLock } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { mayManage, useMembership } from './membership.ts'
import classes from './ReadOnlyNote.module.css'
import { membersQuery } from './workspace-queries.ts'

const names = new Intl.ListFormat('en', { type: 'disjunction' })

/**
 * Tells a member why the controls of a page are disabled, and who can help. Shows nothing to owners and admins. `what`
 * completes "Only owners and admins can …".
 */
export function ReadOnlyNote({ what }: { what: string }) {
  const { workspace } = useMembership()
  const readOnly = !mayManage(workspace.role)
  const members = useQuery({ ...membersQuery, enabled: readOnly }).data
  if (!readOnly) return null
  const managers = members?.filter((member) => mayManage(member.role)).slice(0, 3) ?? []
  return (
    <p className={classes.note}>
      <IconLock size={16} stroke={1.75} className={classes.icon} aria-hidden />
      <span>
        Only owners and admins can {what}.
        {managers.length > 0 && ` Ask ${names.format(managers.map((manager) => manager.name))}.`}
      </span>
    </p>
  )
}

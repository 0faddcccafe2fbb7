import { useQuery } from '@tanstack/react-query'
import { mayManage, useMembership } from './membership.ts'
import { workspaceQuery } from './workspace-queries.ts'

/**
 * Whether this person may spend the workspace's money (`manages`), and whether its plan may buy credits (`paid`;
 * undefined while the workspace loads).
 */
export function useSpending(): { manages: boolean; paid: boolean | undefined } {
  const { workspace } = useMembership()
  return { manages: mayManage(workspace.role), paid: useQuery(workspaceQuery).data?.plan.paid }
}

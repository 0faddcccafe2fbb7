import { useQuery } from '@tanstack/react-query'
import { workspaceQuery } from '../api/queries.ts'
import { mayManage, useSeat } from '../shell/seat.ts'

/** Whether this person may spend the workspace's money, and whether its plan can buy credits; undefined: not known yet. */
export function useSpending(): { manages: boolean; paid: boolean | undefined } {
  const { workspace } = useSeat()
  return { manages: mayManage(workspace.role), paid: useQuery(workspaceQuery).data?.plan.paid }
}

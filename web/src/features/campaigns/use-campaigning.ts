import { useQuery } from '@tanstack/react-query'
import { mayManage, useMembership, workspaceQuery } from '../workspace/index.ts'

export type Campaigning = {
  /** Owners and admins. */
  manages: boolean
  /** Whether the plan has campaigns; undefined: not known yet. */
  inPlan: boolean | undefined
  /** Both. */
  mayRun: boolean
  timeZone: string
}

/** What this person may do with campaigns. */
export function useCampaigning(): Campaigning {
  const { workspace } = useMembership()
  const data = useQuery(workspaceQuery).data
  const manages = mayManage(workspace.role)
  const inPlan = data && data.plan.features.campaigns === true
  return { manages, inPlan, mayRun: manages && inPlan === true, timeZone: data?.timeZone ?? 'UTC' }
}

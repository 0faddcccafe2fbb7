import { useQuery } from '@tanstack/react-query'
import { mayManage, useMembership, workspaceQuery } from '../workspace/index.ts'

export type CampaignRights = {
  /** Whether the person is an owner or admin. */
  manages: boolean
  /** Whether the plan includes campaigns; undefined while the workspace loads. */
  inPlan: boolean | undefined
  /** Whether both are true. */
  mayRun: boolean
  timeZone: string
}

/** What this person may do with campaigns. */
export function useCampaignRights(): CampaignRights {
  const { workspace } = useMembership()
  const data = useQuery(workspaceQuery).data
  const manages = mayManage(workspace.role)
  const inPlan = data && data.plan.features.campaigns === true
  return { manages, inPlan, mayRun: manages && inPlan === true, timeZone: data?.timeZone ?? 'UTC' }
}

import { Switch } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api, readBody } from '../../api/client.ts'
import { asProblem } from '../../api/problem.ts'
import { Card } from '../../design/ui/Card.tsx'
import { SettingsRow } from '../../design/ui/SettingsRow.tsx'
import { toast } from '../../design/ui/toast.ts'
import { sessionQuery, useMembership, workspaceQuery } from '../workspace/index.ts'

/** Whether the workspace requires a second factor of its members. Owners decide, and need one themselves. */
export function SecondFactorCard() {
  const queryClient = useQueryClient()
  const { session, workspace } = useMembership()
  const isRequired = useQuery(workspaceQuery).data?.requiresSecondFactor
  const isOwner = workspace.role === 'owner'
  const change = useMutation({
    mutationFn: (requiresSecondFactor: boolean) =>
      readBody(api.PATCH('/v1/workspace', { body: { requiresSecondFactor } })),
    onSuccess: async (changed) => {
      queryClient.setQueryData(workspaceQuery.queryKey, changed)
      await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey })
      toast(
        changed.requiresSecondFactor
          ? 'Two-step sign-in is required now'
          : 'Two-step sign-in is optional now',
      )
    },
    onError: (error) => toast(asProblem(error).message),
  })
  const hasOwn = session.user.secondFactor
  return (
    <Card title="Sign-in of members">
      <SettingsRow
        name="Require two-step sign-in"
        note={
          <>
            Members need a code of an authenticator app besides their password. Those without one can only set
            it up. API keys are not affected.
            {isOwner && !hasOwn && (
              <>
                {' '}
                Turn it on <Link to="/account">for your own account</Link> first.
              </>
            )}
            {!isOwner && ' Only owners can change this.'}
          </>
        }
      >
        <Switch
          label={isRequired ? 'Required' : 'Optional'}
          aria-label="Require two-step sign-in"
          checked={change.isPending ? change.variables : (isRequired ?? false)}
          disabled={isRequired === undefined || !isOwner || (!hasOwn && !isRequired)}
          onChange={(event) => change.mutate(event.currentTarget.checked)}
        />
      </SettingsRow>
    </Card>
  )
}

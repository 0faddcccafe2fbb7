import { Switch } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, readBody } from '../../api/client.ts'
import { asProblem } from '../../api/problem.ts'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { SettingsRow } from '../../design/ui/SettingsRow.tsx'
import { toast } from '../../design/ui/toast.ts'
import classes from './LlmKeysTab.module.css'
import { llmSettingsQuery } from './llm-queries.ts'

/** Whether the platform's key takes over where the workspace's own is refused. Off unless somebody wants it. */
export function FallbackRow({ manages }: { manages: boolean }) {
  const settings = useQuery(llmSettingsQuery).data
  const queryClient = useQueryClient()
  const change = useMutation({
    mutationFn: (fallbackToPlatform: boolean) =>
      readBody(api.PATCH('/v1/llm-settings', { body: { fallbackToPlatform } })),
    onSuccess(saved) {
      queryClient.setQueryData(llmSettingsQuery.queryKey, saved)
      toast(
        saved.fallbackToPlatform
          ? 'The platform’s key takes over when yours is refused'
          : 'A refused key of yours is an error again',
      )
    },
  })
  if (settings === undefined) return null
  const { fallbackToPlatform, ownKeysAvailable } = settings
  return (
    <div className={classes.row}>
      <SettingsRow
        name="Use the platform’s key when mine is refused"
        note="Off: the caller gets the provider’s error, marked as your key’s. On: the request goes out again with the platform’s key, at the platform’s cost, and is recorded as such."
      >
        <Switch
          label={fallbackToPlatform ? 'On' : 'Off'}
          aria-label="Use the platform’s key when mine is refused"
          checked={fallbackToPlatform}
          disabled={!manages || (!ownKeysAvailable && !fallbackToPlatform) || change.isPending}
          onChange={(event) => change.mutate(event.currentTarget.checked)}
        />
      </SettingsRow>
      <FormMessage message={change.error ? asProblem(change.error).message : null} />
    </div>
  )
}

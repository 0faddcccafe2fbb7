import { Switch } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, readBody } from '../../api/client.ts'
import { asProblem } from '../../api/problem.ts'
import { FormMessage } from '../../design/ui/FormMessage.tsx'
import { SettingsRow } from '../../design/ui/SettingsRow.tsx'
import { toast } from '../../design/ui/toast.ts'
import classes from './LlmKeysTab.module.css'
import { llmSettingsQuery } from './llm-queries.ts'

/** Chooses whether the platform's key takes over when the workspace's own key is refused. Off by default. */
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
          ? 'Fallback to the platform’s key is on'
          : 'Fallback to the platform’s key is off',
      )
    },
  })
  if (settings === undefined) return null
  const { fallbackToPlatform, ownKeysAvailable } = settings
  return (
    <div className={classes.row}>
      <SettingsRow
        name="Use the platform’s key when mine is refused"
        note="If on, a refused request is sent again with the platform’s key, at the platform’s cost, and recorded as such. If off, the caller gets the provider’s error, marked as coming from your key."
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

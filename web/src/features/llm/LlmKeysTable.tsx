import { Button } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconCircleMinus } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, readBody } from '../../api/client.ts'
import { asProblem } from '../../api/problem.ts'
import { instant } from '../../design/format/instant.ts'
import { Confirm } from '../../design/ui/Confirm.tsx'
import { type Column, DataTable } from '../../design/ui/DataTable.tsx'
import { StatusIcon } from '../../design/ui/StatusIcon.tsx'
import { toast } from '../../design/ui/toast.ts'
import { workspaceQuery } from '../workspace/index.ts'
import { LlmKeyDialog } from './LlmKeyDialog.tsx'
import classes from './LlmKeysTab.module.css'
import { type LlmKey, llmKeysQuery } from './llm-queries.ts'

const icons = {
  active: { icon: IconCircleCheck, tone: 'good', label: 'In use' },
  failing: { icon: IconAlertTriangle, tone: 'bad', label: 'Refused' },
  unused_plan: { icon: IconCircleMinus, tone: 'plain', label: 'Stored, not used' },
} as const

export function LlmKeysTable(props: { keys: LlmKey[]; manages: boolean; available: boolean }) {
  const { keys, manages, available } = props
  const timeZone = useQuery(workspaceQuery).data?.timeZone ?? 'UTC'
  const queryClient = useQueryClient()
  const [replacing, setReplacing] = useState<LlmKey | null>(null)
  const [removing, setRemoving] = useState<LlmKey | null>(null)
  const reload = () => void queryClient.invalidateQueries({ queryKey: llmKeysQuery.queryKey })

  const columns = makeColumns(timeZone)
  if (manages) {
    columns.push({
      label: 'Test, replace or remove',
      actions: true,
      cell: (key) => (
        <div className={classes.buttons}>
          {available && <TestButton llmKey={key} onDone={reload} />}
          {available && (
            <Button
              variant="default"
              size="compact-sm"
              aria-label={`Replace the ${key.providerName} key`}
              onClick={() => setReplacing(key)}
            >
              Replace
            </Button>
          )}
          <Button
            variant="default"
            size="compact-sm"
            aria-label={`Remove the ${key.providerName} key`}
            onClick={() => setRemoving(key)}
          >
            Remove
          </Button>
        </div>
      ),
    })
  }
  return (
    <>
      <DataTable name="LLM API keys" columns={columns} rows={keys} rowKey={(key) => key.id} />
      {replacing && <LlmKeyDialog llmKey={replacing} onClose={() => setReplacing(null)} />}
      {removing && (
        <Confirm
          title={`Remove the ${removing.providerName} key?`}
          button="Remove key"
          act={() => api.DELETE('/v1/llm-keys/{id}', { params: { path: { id: removing.id } } })}
          onDone={() => {
            setRemoving(null)
            toast(`${removing.providerName} key removed`)
            reload()
          }}
          onClose={() => setRemoving(null)}
        >
          Agents that use {removing.providerName} will use the platform’s key if it has one, and get an error
          otherwise. The key …{removing.lastFour} is deleted here, but stays valid at {removing.providerName}{' '}
          until you revoke it there.
        </Confirm>
      )}
    </>
  )
}

function makeColumns(timeZone: string): Column<LlmKey>[] {
  return [
    {
      label: 'Provider',
      head: true,
      cell: (key) => (
        <>
          {key.providerName}
          {key.baseUrl !== null && <span className={classes.detail}>{key.baseUrl}</span>}
        </>
      ),
    },
    { label: 'Key', cell: (key) => <code className={classes.key}>…{key.lastFour}</code>, width: '6rem' },
    { label: 'Status', cell: (key) => <State llmKey={key} /> },
    {
      label: 'Last used',
      cell: (key) => (key.lastUsedAt === null ? 'Never' : instant(key.lastUsedAt, 'dayTime', timeZone)),
      width: '9rem',
    },
  ]
}

function State({ llmKey }: { llmKey: LlmKey }) {
  const { icon, tone, label } = icons[llmKey.state]
  return (
    <>
      <StatusIcon icon={icon} tone={tone}>
        {label}
      </StatusIcon>
      {llmKey.state === 'failing' && <span className={classes.detail}>{llmKey.stateReason}</span>}
    </>
  )
}

/** Sends a harmless request to the provider with the key, and shows the result. */
function TestButton({ llmKey, onDone }: { llmKey: LlmKey; onDone: () => void }) {
  const test = useMutation({
    mutationFn: () =>
      readBody(api.POST('/v1/llm-keys/{id}/test', { params: { path: { id: llmKey.id } }, body: {} })),
    onSuccess: ({ detail }) => toast(`${llmKey.providerName}: ${detail}`),
    onError: (error) => toast(`${llmKey.providerName}: ${asProblem(error).message}`),
    onSettled: onDone,
  })
  return (
    <Button
      variant="default"
      size="compact-sm"
      loading={test.isPending}
      aria-label={`Test the ${llmKey.providerName} key`}
      onClick={() => test.mutate()}
    >
      Test
    </Button>
  )
}

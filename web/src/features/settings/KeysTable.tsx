import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import type { ApiKey } from '../../api/types.ts'
import { instant } from '../../design/format/instant.ts'
import { Confirm } from '../../design/ui/Confirm.tsx'
import { type Column, DataTable } from '../../design/ui/DataTable.tsx'
import { toast } from '../../design/ui/toast.ts'
import { membersQuery, workspaceQuery } from '../workspace/index.ts'
import classes from './KeysTable.module.css'
import { keysQuery } from './settings-queries.ts'

export function KeysTable({ keys, manages }: { keys: ApiKey[]; manages: boolean }) {
  const timeZone = useQuery(workspaceQuery).data?.timeZone ?? 'UTC'
  const members = useQuery(membersQuery).data
  const queryClient = useQueryClient()
  const [revoking, setRevoking] = useState<ApiKey | null>(null)
  const findCreator = (key: ApiKey) => members?.find((member) => member.userId === key.createdBy)?.name

  const columns: Column<ApiKey>[] = [
    { label: 'Name', head: true, cell: (key) => key.name },
    { label: 'Key', cell: (key) => <code className={classes.key}>tt_…{key.lastFour}</code>, width: '8rem' },
    {
      label: 'Created',
      cell: (key) =>
        [instant(key.createdAt, 'date', timeZone), findCreator(key)].filter(Boolean).join(' by '),
    },
    {
      label: 'Last used',
      cell: (key) => (key.lastUsedAt === null ? 'Never' : instant(key.lastUsedAt, 'dayTime', timeZone)),
      width: '10rem',
    },
  ]
  if (manages) {
    columns.push({
      label: 'Revoke',
      actions: true,
      cell: (key) => (
        <Button
          variant="default"
          size="compact-sm"
          onClick={() => setRevoking(key)}
          aria-label={`Revoke ${key.name}`}
        >
          Revoke
        </Button>
      ),
    })
  }
  return (
    <>
      <DataTable name="API keys" columns={columns} rows={keys} rowKey={(key) => key.id} />
      {revoking && (
        <Confirm
          title={`Revoke ${revoking.name}?`}
          button="Revoke key"
          act={() => api.DELETE('/v1/keys/{id}', { params: { path: { id: revoking.id } } })}
          onDone={() => {
            setRevoking(null)
            toast(`${revoking.name} revoked`)
            void queryClient.invalidateQueries({ queryKey: keysQuery.queryKey })
          }}
          onClose={() => setRevoking(null)}
        >
          Requests with the key tt_…{revoking.lastFour} will be rejected. They can’t start calls or end live
          ones. This cannot be undone.
        </Confirm>
      )}
    </>
  )
}

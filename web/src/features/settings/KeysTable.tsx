import { Button } from '@mantine/core'
import { assertNever } from '@talktime/core/exhaustive'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { serverNow } from '../../api/server-clock.ts'
import type { ApiKey, Member } from '../../api/types.ts'
import { instant } from '../../design/format/instant.ts'
import { Confirm } from '../../design/ui/Confirm.tsx'
import { type Column, DataTable } from '../../design/ui/DataTable.tsx'
import { toast } from '../../design/ui/toast.ts'
import { membersQuery, workspaceQuery } from '../workspace/index.ts'
import classes from './KeysTable.module.css'
import { describeScopes } from './key-scopes.ts'
import { keysQuery } from './settings-queries.ts'

export function KeysTable({ keys, manages }: { keys: ApiKey[]; manages: boolean }) {
  const timeZone = useQuery(workspaceQuery).data?.timeZone ?? 'UTC'
  const members = useQuery(membersQuery).data
  const queryClient = useQueryClient()
  const [revoking, setRevoking] = useState<ApiKey | null>(null)

  const columns: Column<ApiKey>[] = [
    { label: 'Name', head: true, cell: (key) => <KeyName apiKey={key} /> },
    { label: 'May', cell: (key) => <Scopes apiKey={key} /> },
    {
      label: 'Created',
      cell: (key) => (
        <>
          {instant(key.createdAt, 'date', timeZone)}{' '}
          <span className={classes.quiet}>{describeCreator(key, members)}</span>
        </>
      ),
      width: '10rem',
    },
    { label: 'Expires', cell: (key) => <Expiry apiKey={key} timeZone={timeZone} />, width: '8rem' },
    {
      label: 'Last used',
      cell: (key) => (key.lastUsedAt === null ? 'Never' : instant(key.lastUsedAt, 'dayTime', timeZone)),
      width: '9rem',
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
          Requests with the key tt_…{revoking.lastFour} will be rejected.
          {revoking.voiceStack &&
            ' They can’t report when live calls end, so those may be charged for too long.'}{' '}
          This cannot be undone.
        </Confirm>
      )}
    </>
  )
}

function KeyName({ apiKey }: { apiKey: ApiKey }) {
  return (
    <span className={classes.name}>
      <span>
        {apiKey.name} {apiKey.voiceStack && <span className={classes.mark}>Voice stack</span>}
      </span>
      <code className={classes.key}>tt_…{apiKey.lastFour}</code>
    </span>
  )
}

function Scopes({ apiKey }: { apiKey: ApiKey }) {
  if (apiKey.scopes !== null) return describeScopes(apiKey.scopes)
  return (
    <>
      Everything{' '}
      <span className={classes.quiet}>
        This key is from before keys were limited. It works until you revoke it; replace it with one that may
        do only what it needs.
      </span>
    </>
  )
}

function Expiry({ apiKey, timeZone }: { apiKey: ApiKey; timeZone: string }) {
  if (apiKey.expiresAt === null) return 'Never'
  const date = instant(apiKey.expiresAt, 'date', timeZone)
  return Date.parse(apiKey.expiresAt) <= serverNow() ? (
    <span className={classes.over}>Expired {date}</span>
  ) : (
    date
  )
}

/** Says who made a key: a member, the operator, or another key. */
function describeCreator(key: ApiKey, members: readonly Member[] | undefined): string {
  const name = members?.find((member) => member.userId === key.createdBy)?.name
  switch (key.createdThrough) {
    case 'operator':
    case 'command_line':
      return 'by the operator'
    case 'key':
      return name === undefined ? 'with a key' : `with a key of ${name}`
    case 'dashboard':
      return name === undefined ? '' : `by ${name}`
    default:
      return assertNever(key.createdThrough)
  }
}

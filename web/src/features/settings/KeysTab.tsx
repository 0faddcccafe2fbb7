import { Button } from '@mantine/core'
import { IconKey, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Card } from '../../design/ui/Card.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { Empty, SkeletonRows } from '../../design/ui/states.tsx'
import { mayManage, ReadOnlyNote, useMembership, workspaceQuery } from '../workspace/index.ts'
import { KeysTable } from './KeysTable.tsx'
import { NewKeyDialog } from './NewKeyDialog.tsx'
import { keysQuery } from './settings-queries.ts'

export function KeysTab() {
  const keys = useQuery(keysQuery)
  const manages = mayManage(useMembership().workspace.role)
  const mayReportCalls = useQuery(workspaceQuery).data?.mayReportCalls ?? false
  const [making, setMaking] = useState(false)
  return (
    <>
      <ReadOnlyNote what="create or revoke API keys" />
      <Card
        title="API keys"
        caption="Programs send a key with every request. A key works in this workspace only, and may do only what it was made for."
        actions={
          <Button
            size="xs"
            leftSection={<IconPlus size={15} aria-hidden />}
            disabled={!manages}
            onClick={() => setMaking(true)}
          >
            New key
          </Button>
        }
        flush
      >
        <Loaded query={keys} what="API keys" skeleton={<SkeletonRows count={2} label="API keys" />}>
          {(list) =>
            list.length === 0 ? (
              <Empty icon={<IconKey size={22} stroke={1.5} />} title="No API keys yet">
                Create a key so that your programs can use the API.
              </Empty>
            ) : (
              <KeysTable keys={list} manages={manages} />
            )
          }
        </Loaded>
      </Card>
      {making && <NewKeyDialog mayReportCalls={mayReportCalls} onClose={() => setMaking(false)} />}
    </>
  )
}

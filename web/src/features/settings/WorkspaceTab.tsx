import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Card } from '../../design/ui/Card.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { ReadOnlyNote, workspaceQuery } from '../workspace/index.ts'
import { WorkspaceForm } from './WorkspaceForm.tsx'

export function WorkspaceTab() {
  const workspace = useQuery(workspaceQuery)
  const loading = (
    <Card>
      <div role="status" aria-label="Loading the workspace">
        {['name', 'zone', 'out', 'budget'].map((row) => (
          <Skeleton key={row} height={52} my="md" />
        ))}
      </div>
    </Card>
  )
  return (
    <>
      <ReadOnlyNote what="change workspace settings" />
      {workspace.data === undefined && workspace.error !== null ? (
        <Card flush>
          <Loaded query={workspace} what="The workspace" skeleton={loading}>
            {() => null}
          </Loaded>
        </Card>
      ) : (
        <Loaded query={workspace} what="The workspace" skeleton={loading}>
          {(data) => <WorkspaceForm key={data.id} workspace={data} />}
        </Loaded>
      )}
    </>
  )
}

import { Button, Skeleton } from '@mantine/core'
import { IconFileOff, IconPrinter } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { ApiProblem } from '../../api/problem.ts'
import { BackLink } from '../../design/ui/BackLink.tsx'
import { Card } from '../../design/ui/Card.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { Page } from '../../design/ui/Page.tsx'
import { Empty } from '../../design/ui/states.tsx'
import { useMembership } from '../workspace/index.ts'
import { receiptQuery } from './call-queries.ts'
import { Receipt } from './Receipt.tsx'
import classes from './ReceiptPage.module.css'

/** What a call cost and why, for reading and printing. */
export function ReceiptPage() {
  const { callId } = useParams({ from: '/shell/calls/$callId' })
  const receipt = useQuery(receiptQuery(callId))
  return (
    <Page
      title="Call receipt"
      above={<BackLink to="/calls">Call history</BackLink>}
      caption={<span className={classes.id}>{callId}</span>}
      actions={
        receipt.data && (
          <Button
            variant="default"
            leftSection={<IconPrinter size={16} stroke={1.75} aria-hidden />}
            onClick={() => window.print()}
          >
            Print
          </Button>
        )
      }
    >
      {receipt.error instanceof ApiProblem && receipt.error.status === 404 ? (
        <NoSuchCall />
      ) : (
        <Loaded
          query={receipt}
          what="The receipt"
          skeleton={
            <Card>
              <div role="status" aria-label="Loading the receipt">
                <Skeleton height={38} width={180} my="sm" />
                <Skeleton height={14} width="60%" mb="xl" />
                <Skeleton height={180} />
              </div>
            </Card>
          }
        >
          {(data) => <Receipt receipt={data} />}
        </Loaded>
      )}
    </Page>
  )
}

function NoSuchCall() {
  const { session, workspace } = useMembership()
  return (
    <Card>
      <Empty icon={<IconFileOff size={22} stroke={1.5} />} title={`Call not found in ${workspace.name}`}>
        The link may be incomplete.
        {session.workspaces.length > 1 &&
          ' Or the call belongs to another workspace. You can switch workspaces in the sidebar.'}
      </Empty>
    </Card>
  )
}

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
import { useMembership, workspaceQuery } from '../workspace/index.ts'
import { purchaseQuery } from './billing-queries.ts'
import { Receipt } from './Receipt.tsx'
import classes from './ReceiptPage.module.css'

/** A payment's receipt, for reading and printing. */
export function ReceiptPage() {
  const { purchaseId } = useParams({ from: '/shell/billing/receipts/$purchaseId' })
  const purchase = useQuery(purchaseQuery(purchaseId))
  const timeZone = useQuery(workspaceQuery).data?.timeZone ?? 'UTC'
  const { workspace } = useMembership()
  const number = purchase.data?.receipt?.number
  return (
    <div className={classes.page}>
      <Page
        title={purchase.data && !purchase.data.receipt ? 'Payment' : 'Receipt'}
        documentTitle={number === undefined ? 'Receipt' : `Receipt ${number}`}
        above={<BackLink to="/billing">Billing</BackLink>}
        actions={
          purchase.data?.receipt && (
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
        {purchase.error instanceof ApiProblem && purchase.error.status === 404 ? (
          <Card>
            <Empty
              icon={<IconFileOff size={22} stroke={1.5} />}
              title={`Payment not found in ${workspace.name}`}
            >
              The link may be incomplete, or the payment may belong to another workspace.
            </Empty>
          </Card>
        ) : (
          <Loaded
            query={purchase}
            what="The receipt"
            skeleton={
              <Card>
                <div role="status" aria-label="Loading the receipt">
                  <Skeleton height={26} width={220} my="sm" />
                  <Skeleton height={90} my="lg" />
                  <Skeleton height={160} />
                </div>
              </Card>
            }
          >
            {(data) => <Receipt purchase={data} timeZone={timeZone} />}
          </Loaded>
        )}
      </Page>
    </div>
  )
}

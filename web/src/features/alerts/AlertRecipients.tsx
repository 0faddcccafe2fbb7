import { UnstyledButton } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import type { Alert } from '../../api/types.ts'
import { PagedList } from '../../design/ui/PagedList.tsx'
import classes from './AlertRecipients.module.css'
import { deliveriesQuery } from './alert-queries.ts'
import { DeliveriesTable } from './DeliveriesTable.tsx'

/** Who was mailed about an alert, which webhooks got it, and how that went; looked up when it is opened. */
export function AlertRecipients({ alert }: { alert: Alert }) {
  const [open, setOpen] = useState(false)
  const id = useId()
  return (
    <div className={classes.told}>
      <UnstyledButton
        className={classes.button}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        <IconChevronRight size={14} stroke={1.75} className={classes.chevron} aria-hidden />
        Who was told<span className={classes.of}> of {alert.title}</span>
      </UnstyledButton>
      <div id={id}>{open && <Told alertId={alert.id} />}</div>
    </div>
  )
}

function Told({ alertId }: { alertId: string }) {
  const deliveries = useInfiniteQuery(deliveriesQuery({ alertId }))
  return (
    <div className={classes.list}>
      <PagedList
        query={deliveries}
        what="Who was told"
        label="deliveries"
        empty={
          <p className={classes.none}>Nobody was mailed, and no webhook got it: it stands here alone.</p>
        }
      >
        {(items) => <DeliveriesTable deliveries={items} />}
      </PagedList>
    </div>
  )
}

import { UnstyledButton } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import type { Alert } from '../../api/types.ts'
import { PagedList } from '../../design/ui/PagedList.tsx'
import classes from './AlertDeliveries.module.css'
import { deliveriesQuery } from './alert-queries.ts'
import { DeliveriesTable } from './DeliveriesTable.tsx'

/** The deliveries of an alert by email and webhook. They load when the section is opened. */
export function AlertDeliveries({ alert }: { alert: Alert }) {
  const [open, setOpen] = useState(false)
  const id = useId()
  return (
    <div className={classes.deliveries}>
      <UnstyledButton
        className={classes.button}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        <IconChevronRight size={14} stroke={1.75} className={classes.chevron} aria-hidden />
        Deliveries<span className={classes.of}> of {alert.title}</span>
      </UnstyledButton>
      <div id={id}>{open && <DeliveryList alertId={alert.id} />}</div>
    </div>
  )
}

function DeliveryList({ alertId }: { alertId: string }) {
  const deliveries = useInfiniteQuery(deliveriesQuery({ alertId }))
  return (
    <div className={classes.list}>
      <PagedList
        query={deliveries}
        what="Deliveries"
        label="deliveries"
        empty={<p className={classes.none}>This alert was not sent by email or webhook.</p>}
      >
        {(items) => <DeliveriesTable deliveries={items} />}
      </PagedList>
    </div>
  )
}

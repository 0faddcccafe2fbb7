import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Card } from '../../design/ui/Card.tsx'
import { Loaded } from '../../design/ui/Loaded.tsx'
import { balanceQuery } from '../balance/index.ts'
import { packagesQuery } from '../pricing/index.ts'
import classes from './AutoReload.module.css'
import { AutoReloadForm } from './AutoReloadForm.tsx'
import { autoReloadQuery } from './auto-reload-queries.ts'

/** The settings of auto-reload and its state. */
export function AutoReloadCard({ timeZone }: { timeZone: string }) {
  const autoReload = useQuery(autoReloadQuery)
  const packages = useQuery(packagesQuery)
  const balance = useQuery(balanceQuery)
  const data =
    autoReload.data && packages.data && balance.data
      ? { saved: autoReload.data, packages: packages.data, balance: balance.data }
      : undefined
  const queries = [autoReload, packages, balance]
  const together = {
    data,
    error:
      data === undefined ? (queries.find(({ error }) => error !== null)?.error ?? null) : autoReload.error,
    isFetching: queries.some(({ isFetching }) => isFetching),
    refetch: () => Promise.all(queries.filter(({ error }) => error !== null).map((query) => query.refetch())),
  }
  if (data !== undefined && together.error === null) {
    return <AutoReloadForm {...data} timeZone={timeZone} />
  }
  return (
    <Card title="Auto-reload" flush>
      <Loaded
        query={together}
        what="Auto-reload"
        skeleton={
          <div className={classes.loading} role="status" aria-label="Loading auto-reload">
            <Skeleton height={20} width="40%" />
            <Skeleton height={58} />
            <Skeleton height={58} />
            <Skeleton height={44} />
          </div>
        }
      >
        {(loaded) => <AutoReloadForm {...loaded} timeZone={timeZone} />}
      </Loaded>
    </Card>
  )
}

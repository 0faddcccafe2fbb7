import { Button, Skeleton } from '@mantine/core'
import { IconAlertTriangle, IconFilterOff, IconRefresh } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { asProblem } from '../../api/problem.ts'
import classes from './states.module.css'

/** An empty state: what would be here, and what to do first. */
export function Empty(props: { icon: ReactNode; title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className={classes.empty}>
      <div className={classes.emptyIcon} aria-hidden>
        {props.icon}
      </div>
      <p className={classes.emptyTitle}>{props.title}</p>
      {props.children !== undefined && <div className={classes.emptyText}>{props.children}</div>}
      {props.action}
    </div>
  )
}

/** An empty state of a list that has filters: nothing matches them. `children` says which ones to change. */
export function NoMatches(props: { title: string; onClear: () => void; children: ReactNode }) {
  return (
    <Empty
      icon={<IconFilterOff size={22} stroke={1.5} />}
      title={props.title}
      action={
        <Button variant="default" onClick={props.onClear}>
          Clear filters
        </Button>
      }
    >
      {props.children}
    </Empty>
  )
}

/** An error state: what could not be loaded, why, and a Retry. Other cards of the page are not affected. */
export function Failure(props: { what: string; error: unknown; onRetry: () => void; retrying?: boolean }) {
  const problem = asProblem(props.error)
  return (
    <div className={classes.failure} role="alert">
      <IconAlertTriangle size={20} stroke={1.75} className={classes.failureIcon} aria-hidden />
      <div className={classes.failureText}>
        <p className={classes.failureTitle}>{props.what} could not be loaded</p>
        <p className={classes.failureDetail}>{problem.message}</p>
        {problem.requestId !== null && (
          <p className={classes.requestId}>
            Request <code>{problem.requestId}</code>
          </p>
        )}
      </div>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconRefresh size={14} aria-hidden />}
        loading={props.retrying ?? false}
        onClick={props.onRetry}
      >
        Retry
      </Button>
    </div>
  )
}

/** Placeholder rows of the height of loaded ones. */
export function SkeletonRows({ count = 5, label }: { count?: number; label: string }) {
  const rows = Array.from({ length: count }, (_, index) => `row-${index}`)
  return (
    <div className={classes.skeletonRows} role="status" aria-label={`Loading ${label}`}>
      {rows.map((row, index) => (
        <div key={row} className={classes.skeletonRow}>
          <Skeleton height={12} width={`${34 - (index % 3) * 6}%`} />
          <Skeleton height={12} width="14%" />
          <Skeleton height={12} width="10%" />
        </div>
      ))}
    </div>
  )
}

/** Dims outdated numbers while new ones load. */
export function Updating({ active, children }: { active: boolean; children: ReactNode }) {
  return (
    <div className={classes.updating} data-active={active || undefined} aria-busy={active}>
      {children}
    </div>
  )
}

/** Says that the numbers on screen are outdated because a refresh failed. */
export function Outdated(props: { error: unknown; onRetry: () => void }) {
  return (
    <div className={classes.outdated} role="status">
      <IconAlertTriangle size={16} stroke={1.75} aria-hidden />
      <span>Not up to date. {asProblem(props.error).message}</span>
      <button type="button" className={classes.outdatedRetry} onClick={props.onRetry}>
        Retry
      </button>
    </div>
  )
}

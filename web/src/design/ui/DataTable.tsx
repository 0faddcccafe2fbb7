import type { ReactNode } from 'react'
import classes from './DataTable.module.css'

export type Column<Row> = {
  label: string
  cell: (row: Row) => ReactNode
  /** Aligns the cells at the end, so that the digits of numbers line up. */
  end?: boolean
  /** Marks the column that names the row. On small screens it is the heading of the row's card. */
  head?: boolean
  /** Marks a column of buttons. Only screen readers see its label. */
  actions?: boolean
  width?: string
}

/**
 * A table that becomes a list of labeled cards on small screens. `name` tells screen readers what it lists. A link with
 * the class `stretched` makes its whole row clickable.
 */
export function DataTable<Row>(props: {
  name: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  rowKey: (row: Row) => string
  isFaded?: (row: Row) => boolean
  /** Aligns cells at the top, where they differ much in height. */
  top?: boolean
  footer?: ReactNode
}) {
  return (
    <table className={classes.table} data-top={props.top || undefined}>
      <caption className={classes.name}>{props.name}</caption>
      <thead>
        <tr>
          {props.columns.map((column) => (
            <th
              key={column.label}
              scope="col"
              className={column.end ? classes.end : undefined}
              style={column.width === undefined ? undefined : { width: column.width }}
            >
              <span className={column.actions ? classes.name : undefined}>{column.label}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {props.rows.map((row) => (
          <tr key={props.rowKey(row)} data-faded={props.isFaded?.(row) || undefined}>
            {props.columns.map((column) => (
              <Cell key={column.label} column={column} row={row} />
            ))}
          </tr>
        ))}
      </tbody>
      {props.footer !== undefined && <tfoot>{props.footer}</tfoot>}
    </table>
  )
}

function Cell<Row>({ column, row }: { column: Column<Row>; row: Row }) {
  const className = [
    column.end && classes.end,
    column.head && classes.head,
    column.actions && classes.actions,
  ]
    .filter(Boolean)
    .join(' ')
  const content = column.cell(row)
  const empty = content === null || content === false || content === undefined
  return (
    <td className={className} data-label={column.head || column.actions ? undefined : column.label}>
      {!empty && <div className={classes.content}>{content}</div>}
    </td>
  )
}

/** The class of a link that makes its whole row clickable. */
export const stretched = classes.stretched

import type { WorkspaceUnit } from '../ledger/index.ts'

/**
 * Sets the balance (milliseconds) below which the credit watch wakes auto-reload for the workspace; null: it does not.
 */
export function watchFor(unit: WorkspaceUnit, belowMs: number | null): void {
  if (belowMs !== unit.line.reloadBelowMs) unit.line = { ...unit.line, reloadBelowMs: belowMs }
}

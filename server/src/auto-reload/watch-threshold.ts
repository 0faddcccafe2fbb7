import type { WorkspaceUnit } from '../ledger/index.ts'

/**
 * Sets the balance, in milliseconds, below which the credit watch wakes auto-reload for the workspace. `null`: it is not
 * woken.
 */
export function watchThreshold(unit: WorkspaceUnit, belowMs: number | null): void {
  if (belowMs !== unit.line.reloadBelowMs) unit.line = { ...unit.line, reloadBelowMs: belowMs }
}

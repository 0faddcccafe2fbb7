import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

// Each project starts what its tests need and no more: tidy, core and web need nothing, the server's share one
// PostgreSQL, the browser's start the whole product.
// Tests wait for PostgreSQL, servers and browsers more than they compute: a file for each core.
const maxWorkers = availableParallelism()

export default defineConfig({
  test: {
    maxWorkers,
    projects: [
      { test: { name: 'tidy', include: ['tidy/**/*.test.ts'], testTimeout: 60_000 } },
      { test: { name: 'core', include: ['core/src/**/*.test.ts'] } },
      {
        test: {
          name: 'server',
          include: ['server/src/**/*.test.ts', 'server/test/**/*.test.ts'],
          globalSetup: ['server/test/global-setup.ts'],
          // Generous: on a busy machine starting real processes takes its time.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      { test: { name: 'web', include: ['web/src/**/*.test.{ts,tsx}'] } },
      {
        test: {
          name: 'browser',
          include: ['web/browser/**/*.test.ts'],
          globalSetup: ['server/test/global-setup.ts'],
          testTimeout: 60_000,
          // As long as Playwright waits for what it looks for itself.
          expect: { poll: { timeout: 30_000 } },
          hookTimeout: 120_000,
        },
      },
    ],
  },
})

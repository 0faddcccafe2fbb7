import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// Each project starts only what its tests need: tidy, core and web need nothing, the server's tests share one
// PostgreSQL, the browser's tests start the whole product. A failed test is not retried: a retry hides what is wrong.
// Files that run in one worker share their modules. Loading the server's modules again for every file took half of the
// processor's time.
const isolate = false

// On a busy machine a test waits for the processor, too, and for the start of real processes.
const TEST_MS_MAX = 120_000

/** Files that run for half a minute and more, because they start many processes. */
const LONG_FILE =
  /\/(start|bench|attack|cli|crash|campaign-crash|full-disk|start-demo|create-demo|backup|account)\.test\.ts$/

/** Starts long files first: the last file of a run leaves the other cores idle. */
class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isLong = ({ moduleId }: TestSpecification) => LONG_FILE.test(moduleId)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongFilesFirst },
    // Tests wait for PostgreSQL, servers and browsers more than they compute, so one file for each core runs at once.
    maxWorkers: availableParallelism(),
    projects: [
      { test: { name: 'tidy', isolate, testTimeout: TEST_MS_MAX, include: ['tidy/**/*.test.ts'] } },
      { test: { name: 'core', isolate, testTimeout: TEST_MS_MAX, include: ['core/src/**/*.test.ts'] } },
      {
        test: {
          name: 'server',
          isolate,
          include: ['server/src/**/*.test.ts', 'server/test/**/*.test.ts'],
          globalSetup: ['server/test/global-setup.ts'],
          testTimeout: TEST_MS_MAX,
          hookTimeout: TEST_MS_MAX,
        },
      },
      { test: { name: 'web', isolate, testTimeout: TEST_MS_MAX, include: ['web/src/**/*.test.{ts,tsx}'] } },
      {
        test: {
          name: 'browser',
          isolate,
          include: ['web/browser/**/*.test.ts'],
          globalSetup: ['server/test/global-setup.ts'],
          testTimeout: TEST_MS_MAX,
          // As long as Playwright's own waits.
          expect: { poll: { timeout: 30_000 } },
          hookTimeout: TEST_MS_MAX,
        },
      },
    ],
  },
})

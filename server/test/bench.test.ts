import { expect, test } from 'vitest'
import { runProgram } from './start-server.ts'

test('the benchmarks run to their end with clean books, on a machine without pgbench too', {
  timeout: 180_000,
}, async () => {
  const options = ['--short', '--date', '2026-11-22']
  const bench = runProgram(['bench/run.ts', ...options], { PGBENCH: '/nowhere/pgbench' })
  expect(await bench.ended, bench.stderr()).toBe(0)
  expect(bench.stdout()).toContain('no pgbench on this machine')
  expect(bench.stdout()).toMatch(/Ends in process, .* calls\/s/)
  expect(bench.stdout()).toMatch(/Whole calls over HTTP, 64 connections, 1 workspace .* calls\/s/)
  expect(bench.stdout()).toContain('checked with `verify` after each measurement: clean')
})

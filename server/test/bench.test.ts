import { expect, test } from 'vitest'
import { runProgram } from './start-server.ts'
import { fastestFolder } from './temporary-folder.ts'

/** The benchmarks make their databases in the temporary folder. */
const settings = { TMPDIR: await fastestFolder() }

test('the benchmarks finish with clean books, on a machine without pgbench too', {
  timeout: 180_000,
}, async () => {
  const options = ['--short', '--date', '2026-11-22']
  const bench = runProgram(['bench/run.ts', ...options], { ...settings, PGBENCH: '/nowhere/pgbench' })
  expect(await bench.ended, bench.stderr()).toBe(0)
  expect(bench.stdout()).toContain('no pgbench on this machine')
  expect(bench.stdout()).toMatch(/Ends in process, .* calls\/s/)
  expect(bench.stdout()).toMatch(/Whole calls over HTTP, 64 connections, 1 workspace .* calls\/s/)
  expect(bench.stdout()).toContain('checked with `verify` after each measurement: clean')
})

test('the benchmark of the LLM gateway finishes, and the gateway has recorded its requests', {
  timeout: 180_000,
}, async () => {
  const bench = runProgram(['bench/llm-gateway.ts', '--short', '--date', '2026-11-22'], settings)
  expect(await bench.ended, bench.stderr()).toBe(0)
  expect(bench.stdout()).toMatch(/20 streams at once, .* a second/)
  expect(bench.stdout()).toMatch(/Added by the gateway: p50 -?[\d.]+ ms, p95 -?[\d.]+ ms/)
  expect(bench.stdout()).toMatch(/Recorded: [1-9][\d,]* requests with [\d,]+ tokens, 0 errors/)
})

test('the benchmark of usage finishes with clean books, and the export agrees with the page', {
  timeout: 180_000,
}, async () => {
  const bench = runProgram(['bench/usage.ts', '--short', '--date', '2026-11-22'], settings)
  expect(await bench.ended, bench.stderr()).toBe(0)
  expect(bench.stdout()).toMatch(/4,000 calls of a year, [1-9]\d* of them with several ledger entries/)
  expect(bench.stdout()).toMatch(/`talktime verify` took \d+ s: clean/)
  expect(bench.stdout()).toMatch(/its [\d,]+ rows add up to [\d,]+ ms, like the range/)
  expect(bench.stdout()).toMatch(/On [1-9]\d* days the price changed/)
  expect(bench.stdout()).toMatch(/Range, all \| [\d.]+ ms/)
})

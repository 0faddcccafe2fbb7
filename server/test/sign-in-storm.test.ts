import { expect, test } from 'vitest'
import { runProgram } from './start-server.ts'
import { fastestFolder } from './temporary-folder.ts'

test('a storm of sign-ins by strangers stops no call, and most of it is refused at once', {
  timeout: 120_000,
}, async () => {
  const storm = runProgram(['bench/attack/sign-in-storm.ts', '--short'], { TMPDIR: await fastestFolder() })
  expect(await storm.ended, `${storm.stdout()}\n${storm.stderr()}`).toBe(0)
  expect(storm.stdout()).toMatch(/Calls authorized under it: p50 [\d.]+ ms, p99 [\d.]+ ms.* none failed/)
  expect(storm.stdout()).toMatch(/Sign-ins refused with Retry-After: [1-9]\d*/)
  expect(storm.stdout()).toContain('Other answers: 0.')
})

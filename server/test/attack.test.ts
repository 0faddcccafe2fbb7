import { expect, test } from 'vitest'
import { runProgram } from './start-server.ts'
import { fastestFolder } from './temporary-folder.ts'

/** The attacks make their databases in the temporary folder. */
const settings = { TMPDIR: await fastestFolder() }

async function attack(name: string): Promise<string> {
  const run = runProgram(['bench/attack/run.ts', name, '--short'], settings)
  const code = await run.ended
  expect(code, `${run.stdout()}${run.stderr()}`).toBe(0)
  return run.stdout()
}

// The others take longer: `npm run attack`.
test.each(['connections', 'file-handles', 'sign-in-storm'])(
  'the server withstands %s, and nothing that it acknowledged is lost',
  { timeout: 180_000 },
  async (name) => {
    const output = await attack(name)
    expect(output).toMatch(/holds {2}acknowledged and lost: 0 of [1-9]\d* calls/)
    expect(output).toContain('verify is clean: clean')
  },
)

test('an attack that does not exist is named', async () => {
  const run = runProgram(['bench/attack/run.ts', 'nonsense'], settings)
  expect(await run.ended).toBe(2)
  expect(run.stderr()).toMatch(/There is no attack named nonsense\. There are: .*connections/)
})

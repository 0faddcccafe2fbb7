import { spawnSync } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/temporary-folder.ts'
import { commandAsUser, findPostgresUser } from './postgres-user.ts'

test('PostgreSQL never runs as root, and can read its files in a folder that is closed to other users', async () => {
  const { path, remove } = await temporaryFolder()
  const file = join(path, 'closed/inner/file')
  await mkdir(join(path, 'closed/inner'), { recursive: true })
  await chmod(join(path, 'closed'), 0o700)
  await writeFile(file, 'its content')
  const script = `
    fs.accessSync(process.argv[1], fs.constants.R_OK)
    console.log(process.geteuid() === 0 ? 'root' : 'not root', fs.readFileSync(process.argv[1], 'utf8'))`
  const { command, args, ...user } = commandAsUser(findPostgresUser(), [file], process.execPath, [
    '-e',
    script,
    file,
  ])
  const result = spawnSync(command, args, { ...user, cwd: '/', encoding: 'utf8' })
  expect(result.stderr).toBe('')
  expect(result.stdout).toBe('not root its content\n')
  await remove()
})

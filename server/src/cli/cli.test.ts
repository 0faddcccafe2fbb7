import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databaseUrlOf, talktime } from '../../test/command-line.ts'
import { testDatabase } from '../../test/database.ts'
import { type RunningServer, startServer } from '../../test/start-server.ts'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import { loadCatalog } from '../plans/index.ts'
import type { Database } from '../platform/database/database.ts'
import { newUuid } from '../platform/ids.ts'
import { createLog } from '../platform/log.ts'
import { createMailer } from '../platform/mail/mailer.ts'
import { publicId } from '../public-ids.ts'
import { createWorkspace } from '../workspaces/index.ts'

// Each command runs as its own process, as it would in a terminal.

describe('commands on the embedded database', () => {
  let server: RunningServer
  let settings: Record<string, string>
  let remove: () => Promise<void>

  beforeAll(async () => {
    const folder = await temporaryFolder()
    remove = folder.remove
    settings = { TALKTIME_DATA_DIR: folder.path }
    server = await startServer(settings)
  }, 60_000)
  afterAll(async () => {
    server.kill('SIGTERM')
    await server.ended
    await remove()
  })

  const ask = (path: string, key: string) =>
    fetch(`${server.address}${path}`, { headers: { authorization: `Bearer ${key}` } })

  test('create workspaces and keys that a running server accepts at once, and print nothing else', async () => {
    const args = ['workspace', 'create', '--name', 'Acme', '--time-zone', 'europe/berlin', '--plan', 'growth']
    const workspace = await talktime(args, settings)
    expect(workspace).toEqual({ code: 0, stdout: expect.stringMatching(/^ws_[0-9a-f]{32}\n$/), stderr: '' })
    const id = workspace.stdout.trim()

    const own = await talktime(['key', 'create', '--workspace', id, '--name', 'Integration'], settings)
    expect(own).toEqual({ code: 0, stdout: expect.stringMatching(/^tt_[0-9a-f]{40}\n$/), stderr: '' })
    const answer = await ask('/v1/workspace', own.stdout.trim())
    expect(await answer.json()).toMatchObject({
      id,
      name: 'Acme',
      timeZone: 'Europe/Berlin',
      planId: 'growth',
    })

    const operator = await talktime(['key', 'create', '--operator'], settings)
    expect(operator).toEqual({ code: 0, stdout: expect.stringMatching(/^tt_op_[0-9a-f]{40}\n$/), stderr: '' })
    expect((await ask('/v1/workspaces', operator.stdout.trim())).status).toBe(200)

    expect(await talktime(['verify'], settings)).toEqual({
      code: 0,
      stdout: 'Verified 1 workspace, 0 calls and 1 ledger entry: everything adds up.\n',
      stderr: '',
    })
  }, 60_000)

  test('start the database themselves when no server runs, and stop it again', async () => {
    server.kill('SIGTERM')
    await server.ended
    for (let time = 1; time <= 2; time += 1) {
      expect(await talktime(['verify'], settings)).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^Verified \d+ workspaces?, .*: everything adds up\.\n$/),
      })
    }
  }, 60_000)
})

describe('commands on the database of DATABASE_URL', () => {
  let database: Database
  let drop: () => Promise<void>
  let settings: Record<string, string>

  beforeAll(async () => {
    ;({ database, drop } = await testDatabase())
    settings = { DATABASE_URL: databaseUrlOf(database) }
  })
  afterAll(() => drop())

  test('workspace create --json prints the workspace in the form of the API', async () => {
    const { stdout } = await talktime(['workspace', 'create', '--name', 'Acme', '--json'], settings)
    expect(JSON.parse(stdout)).toMatchObject({
      id: expect.stringMatching(/^ws_/),
      name: 'Acme',
      timeZone: 'UTC',
      planId: 'free',
      plan: { name: 'Free' },
      demo: false,
    })
  })

  test('workspace create names the plans that exist when the plan is unknown', async () => {
    const args = ['workspace', 'create', '--name', 'Acme', '--plan', 'gold']
    expect(await talktime(args, settings)).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(
        `error: option '--plan <id>' argument 'gold' is invalid. There is no plan "gold". The plans are: free, starter, growth, scale, enterprise.`,
      ),
    })
  })

  test('key create refuses an unknown workspace', async () => {
    const args = ['key', 'create', '--workspace', `ws_${'0'.repeat(32)}`]
    expect(await talktime(args, settings)).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(
        `error: option '--workspace <id>' is invalid. There is no such workspace.`,
      ),
    })
  })

  test.each(['catalog', 'catalogue'])(
    '%s load puts the plans and packages of a file into the catalog',
    async (name) => {
      const file = fileURLToPath(new URL('../../catalog.json', import.meta.url))
      expect(await talktime([name, 'load', file], settings)).toEqual({
        code: 0,
        stdout: 'Loaded 5 plans and 4 packages.\n',
        stderr: '',
      })
    },
  )

  test('audit prints who did what, newest first: everything, or one workspace as lines of JSON', async () => {
    const { stdout: id } = await talktime(['workspace', 'create', '--name', 'Be\u001bta'], settings)
    const all = await talktime(['audit'], settings)
    expect(all.stdout).toMatch(/^\S+Z {2}workspace\.created {2}Be ta {2}by command_line {2}after \{"name":/)
    expect(all.stdout).toContain('workspace.created  Acme  ')
    const one = await talktime(['audit', '--workspace', id.trim(), '--json'], settings)
    expect(
      one.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      expect.objectContaining({
        workspaceId: id.trim(),
        actor: { kind: 'command_line', id: null, name: null, email: null },
        action: 'workspace.created',
        target: { kind: 'workspace', id: id.trim(), name: 'Be\u001bta' },
        before: null,
        after: { name: 'Be\u001bta', timeZone: 'UTC', planId: 'free', demo: false },
      }),
    ])
  })

  test('verify lists what does not add up, and ends with exit code 1', async () => {
    await loadCatalog(database)
    const [right, wrong] = await database.transaction(async (tx) => {
      const make = () => createWorkspace(tx, { name: 'Acme', timeZone: 'UTC', planId: 'free' }, 1_000_000)
      return [await make(), await make()]
    })
    await database.query('update balance_lines set balance_ms = balance_ms + 1 where workspace_id = $1', [
      wrong,
    ])
    const { code, stdout } = await talktime(['verify'], settings)
    expect(code).toBe(1)
    expect(stdout).toContain(publicId('workspace', wrong ?? ''))
    expect(stdout).toContain('the line is at 1800001 ms')
    expect(stdout).not.toContain(publicId('workspace', right ?? ''))
    expect(stdout).toMatch(/: 1 difference in 1 workspace\.\n$/)
  })
})

describe('mails in the data folder', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  beforeAll(async () => {
    folder = await temporaryFolder()
    const settings = { smtpUrl: undefined, from: 'Talktime <talktime@localhost>' }
    const origin = 'https://talktime.example.com'
    const mailer = createMailer({
      settings,
      folder: join(folder.path, 'mail'),
      origin,
      log: createLog('silent'),
    })
    for (const [atMs, subject] of [
      [1_700_000_000_000, 'Credits are low (Käse & Söhne)'],
      [1_700_000_060_000, 'Out of credits (Käse & Söhne)'],
    ] as const) {
      const id = publicId('delivery', newUuid(atMs))
      const text = `${subject}\n\nBuy credits → so that calls go on.\n`
      await mailer.send({ id, to: ['ada@example.com'], subject, text, html: `<p>${subject}</p>`, atMs })
    }
  })
  afterAll(() => folder.remove())

  const mails = (...args: string[]) => talktime(['mails', ...args], { TALKTIME_DATA_DIR: folder.path })

  test('are listed newest first, and shown as text', async () => {
    const { code, stdout } = await mails()
    expect(code).toBe(0)
    const lines = stdout.trimEnd().split('\n')
    expect(lines).toEqual([
      expect.stringMatching(
        /^dlv_\w{32} {2}2023-11-14T22:14:20.000Z {2}ada@example\.com {2}Out of credits \(Käse & Söhne\)$/,
      ),
      expect.stringMatching(/ {2}Credits are low \(Käse & Söhne\)$/),
    ])
    expect((await mails('--limit', '1')).stdout.trimEnd().split('\n')).toEqual(lines.slice(0, 1))
    expect((await mails('show')).stdout).toBe(
      [
        'From: Talktime <talktime@localhost>',
        'To: ada@example.com',
        'Date: 2023-11-14T22:14:20.000Z',
        'Subject: Out of credits (Käse & Söhne)',
        '',
        'Out of credits (Käse & Söhne)',
        '',
        'Buy credits → so that calls go on.',
        '',
      ].join('\n'),
    )
    const older = await mails('show', lines[1]?.split(' ')[0] ?? '')
    expect(older.stdout).toContain('Subject: Credits are low')
  })

  test('are reported as missing when there are none', async () => {
    expect(await mails('show', '../secret')).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('error: no mail ../secret in '),
    })
    const empty = await temporaryFolder()
    expect(await talktime(['mails'], { TALKTIME_DATA_DIR: empty.path })).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('There are no mails in '),
    })
    await empty.remove()
  })
})

describe('a wrong command line is explained on standard error, and nothing is printed as a result', () => {
  test.each([
    ['', 'Usage: talktime'],
    ['nonsense', `error: unknown command 'nonsense'`],
    ['workspace', 'Usage: talktime workspace'],
    ['workspace create', `error: required option '--name <name>' not specified`],
    ['workspace create --name', `error: option '--name <name>' argument missing`],
    [
      'workspace create --name X --time-zone Mars/Base',
      'It must be the name of a time zone, such as Europe/Berlin',
    ],
    ['key create', 'error: name the owner of the key: --operator or --workspace <id>'],
    ['key create --workspace acme', 'It must be the id of a workspace: ws_ and 32 hexadecimal digits.'],
    [
      `key create --operator --workspace ws_${'0'.repeat(32)}`,
      `error: option '--operator' cannot be used with option '--workspace <id>'`,
    ],
    ['verify everything', 'error: too many arguments'],
    ['mails --limit all', 'It must be a whole number from 1 to 999999.'],
  ])('talktime %s', async (line, stderr) => {
    const result = await talktime(line.split(' ').filter(Boolean), {})
    expect(result).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(stderr) })
  })

  test('a database that does not answer ends a command with exit code 1', async () => {
    const settings = { DATABASE_URL: 'postgresql://nobody@127.0.0.1:9/nothing' }
    expect(await talktime(['verify'], settings)).toEqual({
      code: 1,
      stdout: '',
      stderr: 'The database nothing at 127.0.0.1:9 (DATABASE_URL) cannot be used: nothing listens there.\n',
    })
  })

  test('--help lists every command', async () => {
    const { code, stdout } = await talktime(['--help'], {})
    expect(code).toBe(0)
    for (const name of ['workspace', 'key', 'account', 'audit', 'verify', 'catalog', 'demo', 'mails']) {
      expect(stdout).toContain(`  ${name} `)
    }
    expect(stdout).not.toContain('catalogue')
    const help = await talktime(['key', 'create', '--help'], {})
    expect(help).toEqual({ code: 0, stdout: expect.stringContaining('--workspace <id>'), stderr: '' })
  })
})

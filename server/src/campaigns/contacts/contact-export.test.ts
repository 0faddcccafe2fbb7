import { get, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../../test/app.ts'
import { createCampaignCustomer, createContactsFile } from '../../../test/campaign-customer.ts'
import { closeInOrder } from '../../../test/voice-stack.ts'

// Files are written page by page, so the database may fail when a part has been sent already. A client must not take that
// part for the whole.

let t: TestApp
let customer: Awaited<ReturnType<typeof createCampaignCustomer>>
let address: string
beforeAll(async () => {
  t = await testApp()
  customer = await createCampaignCustomer(t)
  address = await t.app.listen()
})
afterAll(() => closeInOrder(t))

/** Requests a file over the network. Resolves with its headers. */
function request(path: string): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${customer.key}` }
  return new Promise((resolve, reject) => {
    get(`${address}${path}`, { headers }, resolve).on('error', reject)
  })
}

type Spoiled = {
  readonly table: 'contacts' | 'contact_rejections'
  readonly column: string
  readonly line: number
}

/** Lets PostgreSQL fail where it reads a column of one row: it divides by zero. Returns a function that repairs it. */
async function spoilRow({ table, column, line }: Spoiled): Promise<() => Promise<void>> {
  const { rows } = await t.database.query<{ name: string }>(
    'select column_name as name from information_schema.columns where table_name = $1 order by ordinal_position',
    [table],
  )
  const columns = rows.map(({ name }) =>
    name === column
      ? `case line when ${line} then (1 / (line - line))::text else ${name} end as ${name}`
      : name,
  )
  await t.database.query(`alter table ${table} rename to whole_${table}`)
  await t.database.query(`create view ${table} as select ${columns.join(', ')} from whole_${table}`)
  return async () => {
    await t.database.query(`drop view ${table}`)
    await t.database.query(`alter table whole_${table} rename to ${table}`)
  }
}

const ROWS = 5_000

test.each([
  {
    what: 'results',
    rows: createContactsFile(ROWS),
    path: (campaign: string) => `/v1/campaigns/${campaign}/contacts.csv`,
    spoiled: { table: 'contacts', column: 'name', line: ROWS - 100 },
  },
  {
    what: 'rejected rows',
    rows: `phone\n${'none\n'.repeat(ROWS)}`,
    path: (campaign: string, file: string) => `/v1/campaigns/${campaign}/imports/${file}/rejected.csv`,
    spoiled: { table: 'contact_rejections', column: 'reason', line: ROWS - 100 },
  },
] as const)(
  'a file of $what that the database fails to read to its end breaks off, and the server goes on',
  async ({ rows, path, spoiled }) => {
    const { id } = await customer.createCampaign()
    const imported = await customer.addContacts(id, rows)
    expect(imported.status).toBe(201)
    const file = path(id, imported.body.id)
    const repair = await spoilRow(spoiled)
    try {
      const broken = await request(file)
      expect(broken.statusCode).toBe(200)
      await expect(text(broken)).rejects.toThrow('aborted')
      expect(broken.complete).toBe(false)
    } finally {
      await repair()
    }
    const whole = await text(await request(file))
    expect(whole.trimEnd().split('\n')).toHaveLength(ROWS + 1)
  },
)

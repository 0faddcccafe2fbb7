import { request } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  type CampaignCustomer,
  createCampaignCustomer,
  createContactsFile,
  useCampaignCustomer,
} from '../../../test/campaign-customer.ts'
import { uuidFrom } from '../../public-ids.ts'
import { DIAL_RULES_DEFAULT } from '../settings.ts'
import { createImportReceiver } from './receive-import.ts'

const customer = useCampaignCustomer()

/** Imports a file into a new campaign. Returns the answer and the campaign's contacts. */
async function importFile(file: string, query = '') {
  const { id } = await customer.createCampaign()
  const answer = await customer.addContacts(id, file, query)
  const { body } = await customer.ask('GET', `/v1/campaigns/${id}/contacts?limit=200`)
  return { id, ...answer, contacts: body.data }
}

describe('a file of contacts', () => {
  test.each([
    { what: 'with commas', file: 'phone,name\n+4930901820,Ada\n' },
    { what: 'with semicolons and a comma in a name', file: 'name;phone\nAda, Countess;+49 30 901820\n' },
    {
      what: 'with tabs, CRLF and a byte order mark',
      file: '\ufeffName\tPhone Number\r\nAda\t0049 (30) 90 18 20\r\n',
    },
    {
      what: 'with quotes and columns in any order',
      file: '"Note","Tel","Full name"\n"x, y","+4930901820","Ada"\n',
    },
    { what: 'of one column without an end of line', file: 'number\n+4930901820' },
  ])('$what is read', async ({ file }) => {
    const { status, body, contacts } = await importFile(file)
    expect({ status, body }).toMatchObject({ status: 201, body: { rows: 1, added: 1, rejected: 0 } })
    expect(contacts).toMatchObject([{ phone: '+4930901820', state: 'waiting' }])
  })

  test('keeps good rows and reports bad ones with line and reason', async () => {
    const file = [
      'phone,name,city',
      '+4930901820,Ada,Berlin',
      'twelve,Bob,Bonn',
      '',
      '030 901821,Cid,Berlin',
      '+49 30 901820,Ada again,Berlin',
      ',Nobody,',
      '4.93090182e+10,Excel,',
      '+1 212 555 0100 ext. 5,Dora,',
      '+49301,Short,',
      '"+4930901822","Eve ""the first""","Ulm\nor so"',
    ].join('\n')
    const { id, body, contacts } = await importFile(file)
    expect(body).toMatchObject({ rows: 9, added: 2, rejected: 7 })
    expect(body.rejections).toMatchObject([
      { line: 3, value: 'twelve', reason: expect.stringContaining('letters') },
      { line: 5, value: '030 901821', reason: expect.stringContaining('no country code') },
      { line: 6, value: '+4930901820', reason: 'The campaign already has this number.' },
      { line: 7, value: '', reason: 'This row has no phone number.' },
      { line: 8, value: '4.93090182e+10', reason: expect.stringContaining('spreadsheet') },
      { line: 9, reason: expect.stringContaining('extension') },
      { line: 10, reason: expect.stringContaining('Check its digits') },
    ])
    expect(contacts).toMatchObject([
      { phone: '+4930901820', name: 'Ada', details: { city: 'Berlin' } },
      { phone: '+4930901822', name: 'Eve "the first"', details: { city: 'Ulm\nor so' } },
    ])
    const imports = await customer.ask('GET', `/v1/campaigns/${id}/imports`)
    expect(imports.body.data).toMatchObject([{ id: body.id, rows: 9, rejected: 7 }])
    const csv = await customer.ask('GET', `/v1/campaigns/${id}/imports/${body.id}/rejected.csv`)
    expect(csv.text.split('\n')[0]).toBe('phone,name,city,rejected_line,rejected_reason')
    expect(csv.text.trimEnd().split('\n')).toHaveLength(8)
    expect(csv.text).toContain(`'+49 30 901820,Ada again,Berlin,6,The campaign already has this number.`)
  })

  test('may contain any text: NULs are removed and halves of characters replaced', async () => {
    const long = `${'x'.repeat(499)}😀`
    const { body, contacts } = await importFile(`phone,name,note\n+4930901820,A\0da,${long}\n+49\0,Bob,\n`)
    expect(body).toMatchObject({ added: 1, rejected: 1, rejections: [{ line: 3, value: '+49' }] })
    expect(contacts).toMatchObject([{ name: 'Ada', details: { note: `${'x'.repeat(499)}\ufffd` } }])
  })

  test('may have numbers without a country code if a country is chosen', async () => {
    const { body, contacts } = await importFile('phone\n030 901820\n(030) 901821\n', '?country=de')
    expect(body).toMatchObject({ added: 2 })
    expect(contacts.map(({ phone }) => phone)).toEqual(['+4930901820', '+4930901821'])
  })

  test.each([
    { what: 'nothing', file: '', detail: 'The file is empty' },
    {
      what: 'no column of numbers',
      file: 'name,city\nAda,Berlin\n',
      detail: 'No column is headed "phone". The first line has: name, city.',
    },
    {
      what: 'a row that never ends',
      file: `phone\n${'1'.repeat(70_000)}\n`,
      detail: 'a row of more than 64 kB',
    },
  ])('with $what is refused with a reason, and leaves nothing', async ({ file, detail }) => {
    const { id, status, body, contacts } = await importFile(file)
    expect(status).toBe(400)
    expect(body.detail).toContain(detail)
    expect(contacts).toEqual([])
    expect((await customer.ask('GET', `/v1/campaigns/${id}/imports`)).body.data).toEqual([])
  })

  test('with an unknown country or another content type is refused, and the answer says what is right', async () => {
    const { id } = await customer.createCampaign()
    const unknown = await customer.addContacts(id, 'phone\n', '?country=XQ')
    expect(unknown).toMatchObject({ status: 400 })
    expect(unknown.body.detail).toContain('country code of two letters')
    const json = await customer.ask('POST', `/v1/campaigns/${id}/contacts`, { phone: '+4930901820' })
    expect({ status: json.status, text: json.text }).toMatchObject({
      status: 400,
      text: expect.stringContaining('text/csv'),
    })
    const wrongPlace = await customer.ask('POST', '/v1/campaigns', 'phone\n', { 'content-type': 'text/csv' })
    expect(wrongPlace.status).toBe(415)
  })

  test('sent twice with one idempotency key is imported once; another file with that key is refused', async () => {
    const { id } = await customer.createCampaign()
    const key = { 'idempotency-key': 'file-1' }
    const first = await customer.addContacts(id, createContactsFile(5), '', key)
    const again = await customer.addContacts(id, createContactsFile(5), '', key)
    expect(again).toMatchObject({ status: 201, body: first.body, headers: { 'idempotent-replayed': 'true' } })
    const other = await customer.addContacts(id, createContactsFile(6), '', key)
    expect(other).toMatchObject({ status: 409, body: { code: 'idempotency_mismatch' } })
    expect((await customer.readCampaign(id)).contacts.total).toBe(5)
  })

  test('rejects numbers that the campaign already has, and two files at once are counted correctly', async () => {
    const { id } = await customer.createCampaign()
    await customer.addContacts(id, createContactsFile(50))
    const [one, two] = await Promise.all([
      customer.addContacts(id, createContactsFile(50, 25)),
      customer.addContacts(id, createContactsFile(50, 100)),
    ])
    expect(one.body).toMatchObject({ rows: 50, added: 25, rejected: 25 })
    expect(two.body).toMatchObject({ added: 50 })
    expect((await customer.readCampaign(id)).contacts).toMatchObject({ total: 125, waiting: 125 })
  })
})

describe('over the network', () => {
  let address: string
  beforeAll(async () => {
    address = await customer.t.app.listen()
  })

  const send = (id: string, chunks: AsyncIterable<Buffer>) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const headers = { authorization: `Bearer ${customer.key}`, 'content-type': 'text/csv' }
      const outgoing = request(
        `${address}/v1/campaigns/${id}/contacts`,
        { method: 'POST', headers },
        (incoming) => {
          let text = ''
          incoming.on('data', (chunk: Buffer) => {
            text += chunk.toString()
          })
          incoming.on('end', () => {
            resolve({ status: incoming.statusCode ?? 0, text })
            // A client that was answered early stops sending, and would keep its connection open.
            outgoing.destroy()
          })
        },
      )
      outgoing.on('error', reject)
      pipeline(Readable.from(chunks), outgoing, (error) => error && reject(error))
    })

  test('a file is imported however it is cut into pieces', async () => {
    const { id } = await customer.createCampaign()
    const bytes = Buffer.from(createContactsFile(3_000, 10_000))
    const { status, text } = await send(
      id,
      (async function* () {
        for (let at = 0; at < bytes.length; at += 777) yield bytes.subarray(at, at + 777)
      })(),
    )
    expect({ status, body: JSON.parse(text) }).toMatchObject({
      status: 201,
      body: { added: 3_000, rejected: 0 },
    })
    expect((await customer.readCampaign(id)).contacts.total).toBe(3_000)
  })

  test('a file whose sender disconnects in the middle leaves nothing', async () => {
    const { id } = await customer.createCampaign()
    const broken = send(
      id,
      (async function* () {
        yield Buffer.from(createContactsFile(2_500, 20_000))
        throw new Error('gone')
      })(),
    )
    await expect(broken).rejects.toThrow('gone')
    const after = await customer.addContacts(id, createContactsFile(1, 20_000))
    expect(after.body).toMatchObject({ added: 1, rejected: 0 })
    expect((await customer.ask('GET', `/v1/campaigns/${id}/imports`)).body.data).toHaveLength(1)
  })

  test('a file that is refused at its first line is answered, even if the client keeps sending', async () => {
    const { id } = await customer.createCampaign()
    const { status, text } = await send(
      id,
      (async function* () {
        yield Buffer.from('name,city\n')
        for (let megabytes = 0; megabytes < 20; megabytes += 1)
          yield Buffer.from('Ada,Berlin\n'.repeat(100_000))
      })(),
    )
    expect({ status, text }).toMatchObject({ status: 400, text: expect.stringContaining('headed') })
  })
})

test('three files of a workspace are received at once, a fourth is refused, and another workspace’s is not', async () => {
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const receiveImport = createImportReceiver({
    ledger: customer.t.app.ledger,
    clock: customer.t.clock,
    dialRules: DIAL_RULES_DEFAULT,
  })
  const another = await createCampaignCustomer(customer.t)
  const incoming = async (sender: Omit<CampaignCustomer, 't'> = customer) => {
    const { id } = await sender.createCampaign()
    const file = Readable.from(
      (async function* () {
        yield Buffer.from('phone\n+12122000000\n')
        await held
      })(),
    )
    const ref = { workspaceId: sender.uuid, id: uuidFrom('campaign', id) ?? '' }
    const campaign = { ...ref, actor: 'system' as const }
    return { campaign, file, country: undefined, charset: undefined, key: undefined }
  }
  const files = await Promise.all([1, 2, 3].map(() => incoming()))
  const slow = files.map(receiveImport)
  await expect(receiveImport(await incoming())).rejects.toMatchObject({ code: 'too_many_requests' })
  const other = receiveImport(await incoming(another))
  release()
  expect(await other).toMatchObject({ body: { added: 1 } })
  expect(await Promise.all(slow)).toMatchObject([1, 2, 3].map(() => ({ body: { added: 1 } })))
  expect(await receiveImport(await incoming())).toMatchObject({ body: { added: 1 } })
})

test('two files with equal numbers in different orders are both imported, each number once', async () => {
  const { id } = await customer.createCampaign()
  const [head, ...rows] = createContactsFile(6_000).trimEnd().split('\n')
  const reversed = `${[head, ...rows.toReversed()].join('\n')}\n`
  const both = await Promise.all([
    customer.addContacts(id, createContactsFile(6_000)),
    customer.addContacts(id, reversed),
  ])
  expect(both.map(({ status }) => status)).toEqual([201, 201])
  expect(both.map(({ body }) => body.added).sort()).toEqual([0, 6_000])
  expect((await customer.readCampaign(id)).contacts.total).toBe(6_000)
})

test('a file for a campaign that completes meanwhile is refused, and leaves nothing', async () => {
  const { id } = await customer.createCampaign()
  const ref = { workspaceId: customer.uuid, id: uuidFrom('campaign', id) ?? '', actor: 'system' as const }
  const file = Readable.from(
    (async function* () {
      yield Buffer.from('phone\n+12122000000\n')
      await customer.t.database.query(`update campaigns set status = 'completed' where id = $1`, [ref.id])
    })(),
  )
  const receiveImport = createImportReceiver({
    ledger: customer.t.app.ledger,
    clock: customer.t.clock,
    dialRules: DIAL_RULES_DEFAULT,
  })
  const received = receiveImport({
    campaign: ref,
    file,
    country: undefined,
    charset: undefined,
    key: undefined,
  })
  await expect(received).rejects.toMatchObject({ code: 'campaign_completed' })
  expect((await customer.ask('GET', `/v1/campaigns/${id}/contacts`)).body.data).toEqual([])
})

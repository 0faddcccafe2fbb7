import { request } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../test/app.ts'
import { campaignCustomer, contactsFile } from '../../test/campaign-customer.ts'
import { closeInOrder } from '../../test/voice-stack.ts'

let t: TestApp
let customer: Awaited<ReturnType<typeof campaignCustomer>>
beforeAll(async () => {
  t = await testApp()
  customer = await campaignCustomer(t)
})
afterAll(() => closeInOrder(t))

async function taken(file: string, query = '') {
  const { id } = await customer.make()
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
    const { status, body, contacts } = await taken(file)
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
    const { id, body, contacts } = await taken(file)
    expect(body).toMatchObject({ rows: 9, added: 2, rejected: 7 })
    expect(body.rejections).toMatchObject([
      { line: 3, value: 'twelve', reason: expect.stringContaining('no country code') },
      { line: 5, value: '030 901821', reason: expect.stringContaining('no country code') },
      { line: 6, value: '+4930901820', reason: 'This number is in the campaign already.' },
      { line: 7, value: '', reason: 'There is no phone number in this row.' },
      { line: 8, value: '4.93090182e+10', reason: expect.stringContaining('spreadsheet') },
      { line: 9, reason: expect.stringContaining('extension') },
      { line: 10, reason: expect.stringContaining('check its digits') },
    ])
    expect(contacts).toMatchObject([
      { phone: '+4930901820', name: 'Ada', details: { city: 'Berlin' } },
      { phone: '+4930901822', name: 'Eve "the first"', details: { city: 'Ulm\nor so' } },
    ])
    const imports = await customer.ask('GET', `/v1/campaigns/${id}/imports`)
    expect(imports.body.data).toMatchObject([{ id: body.id, rows: 9, rejected: 7 }])
    const csv = await customer.ask('GET', `/v1/campaigns/${id}/imports/${body.id}/rejected.csv`)
    expect(csv.text.split('\n')[0]).toBe('line,reason,value')
    expect(csv.text.trimEnd().split('\n')).toHaveLength(8)
    expect(csv.text).toContain(`'+4930901820`)
  })

  test('comes in over a real connection, from which it streams', async () => {
    const { id } = await customer.make()
    const response = await fetch(`${await t.app.listen()}/v1/campaigns/${id}/contacts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${customer.key}`, 'content-type': 'text/csv' },
      body: contactsFile(5_000),
    })
    expect({ status: response.status, body: await response.json() }).toMatchObject({
      status: 201,
      body: { rows: 5_000, added: 5_000, rejected: 0 },
    })
  })

  test('takes numbers without a country code where a country is chosen', async () => {
    const { body, contacts } = await taken('phone\n030 901820\n(030) 901821\n', '?country=de')
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
    { what: 'a quote that never closes', file: 'phone\n"+4930901820\n', detail: 'no table' },
  ])('with $what is refused in words, and leaves nothing', async ({ file, detail }) => {
    const { id, status, body, contacts } = await taken(file)
    expect(status).toBe(400)
    expect(body.detail).toContain(detail)
    expect(contacts).toEqual([])
    expect((await customer.ask('GET', `/v1/campaigns/${id}/imports`)).body.data).toEqual([])
  })

  test('an unknown country is named, and another content type is told what would be right', async () => {
    const { id } = await customer.make()
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

  test('sent again with its key is taken once, and with the key another file is not', async () => {
    const { id } = await customer.make()
    const key = { 'idempotency-key': 'file-1' }
    const first = await customer.addContacts(id, contactsFile(5), '', key)
    const again = await customer.addContacts(id, contactsFile(5), '', key)
    expect(again).toMatchObject({ status: 201, body: first.body, headers: { 'idempotent-replayed': 'true' } })
    const other = await customer.addContacts(id, contactsFile(6), '', key)
    expect(other).toMatchObject({ status: 409, body: { code: 'idempotency_mismatch' } })
    expect((await customer.get(id)).contacts.total).toBe(5)
  })

  test('added to twice reports who was there already, and two at once count right', async () => {
    const { id } = await customer.make()
    await customer.addContacts(id, contactsFile(50))
    const [one, two] = await Promise.all([
      customer.addContacts(id, contactsFile(50, 25)),
      customer.addContacts(id, contactsFile(50, 100)),
    ])
    expect(one.body).toMatchObject({ rows: 50, added: 25, rejected: 25 })
    expect(two.body).toMatchObject({ added: 50 })
    expect((await customer.get(id)).contacts).toMatchObject({ total: 125, waiting: 125 })
  })
})

describe('over the network', () => {
  const send = (address: string, id: string, chunks: AsyncIterable<Buffer>) =>
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
          incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, text }))
        },
      )
      outgoing.on('error', reject)
      pipeline(Readable.from(chunks), outgoing, (error) => error && reject(error))
    })

  test('a file streams in, however it is cut into pieces', async () => {
    const address = await t.app.listen()
    const { id } = await customer.make()
    const bytes = Buffer.from(contactsFile(3_000, 10_000))
    const { status, text } = await send(
      address,
      id,
      (async function* () {
        for (let at = 0; at < bytes.length; at += 777) yield bytes.subarray(at, at + 777)
      })(),
    )
    expect({ status, body: JSON.parse(text) }).toMatchObject({
      status: 201,
      body: { added: 3_000, rejected: 0 },
    })
    expect((await customer.get(id)).contacts.total).toBe(3_000)

    // A client that goes away in the middle leaves nothing.
    const broken = send(
      address,
      id,
      (async function* () {
        yield Buffer.from(contactsFile(2_500, 20_000))
        throw new Error('gone')
      })(),
    )
    await expect(broken).rejects.toThrow('gone')
    const after = await customer.addContacts(id, contactsFile(1, 20_000))
    expect(after.body).toMatchObject({ added: 1, rejected: 0 })
    expect((await customer.ask('GET', `/v1/campaigns/${id}/imports`)).body.data).toHaveLength(2)
  })
})

test('results come as a CSV file, names that look like formulas made harmless', async () => {
  const { id } = await taken('phone,name\n+4930901820,"=cmd|calc"\n+4930901821,Ada\n')
  const { text, headers } = await customer.ask('GET', `/v1/campaigns/${id}/contacts.csv`)
  expect(headers['content-type']).toContain('text/csv')
  expect(text.split('\n')[0]).toBe(
    'contact_id,phone,name,state,attempts,last_outcome,last_attempt_at,last_call_id',
  )
  expect(text).toContain(`,+4930901820,'=cmd|calc,waiting,0,,,`)
})

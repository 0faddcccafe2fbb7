import iconv from 'iconv-lite'
import { describe, expect, test } from 'vitest'
import { useCampaignCustomer } from '../../../test/campaign-customer.ts'

// Files as spreadsheets and other programs write them.

const customer = useCampaignCustomer()

/** Sends a file for a new campaign. Returns the answer, and the contacts by number. */
async function send(file: string | Buffer, options: { query?: string; type?: string } = {}) {
  const { query = '?country=DE', type = 'text/csv' } = options
  const { id } = await customer.createCampaign()
  const answer = await customer.t.app.server.inject({
    method: 'POST',
    url: `/v1/campaigns/${id}/contacts${query}`,
    headers: { authorization: `Bearer ${customer.key}`, 'content-type': type },
    payload: file,
  })
  const { body } = await customer.ask('GET', `/v1/campaigns/${id}/contacts?limit=200`)
  return { id, status: answer.statusCode, body: answer.json(), contacts: body.data }
}

const german = 'name;phone;city\r\nMüller;+491711234001;Köln\r\nJosé Peña;+491711234002;Málaga\r\n'

describe('a file is read in the encoding in which it was written', () => {
  test.each([
    ['windows-1252', german],
    ['macintosh', german],
    ['cp850', german],
    ['utf-8', german],
    ['utf-16le', `\ufeff${german.replaceAll(';', '\t')}`],
    ['utf-16be', `\ufeff${german}`],
    ['utf-16le', german],
    [
      'windows-1250',
      'name;phone;city\r\nŁukasz Żółw;+48221234567;Łódź\r\nJiří Dvořák;+420221234567;Plzeň\r\n',
    ],
    ['windows-1251', 'name;phone;city\r\nИван Петров;+74951234567;Москва\r\n'],
    ['windows-1253', 'name;phone;city\r\nΓιώργος Παπαδόπουλος;+302101234567;Αθήνα\r\n'],
    ['shift_jis', 'name,phone,city\r\n山田太郎,+81312345678,東京\r\n佐藤花子,+81312345679,大阪\r\n'],
  ])('%s', async (charset, text) => {
    const { body, contacts } = await send(iconv.encode(text, charset, { addBOM: false }))
    const separator = text.includes('\t') ? '\t' : text.includes(';') ? ';' : ','
    const rows = text.replace('\ufeff', '').trimEnd().split('\r\n').slice(1)
    const written = rows.map((row) => row.split(separator)).map(([name, , city]) => [name, { city }])
    expect({ body, read: contacts.map(({ name, details }) => [name, details]) }).toMatchObject({
      body: { added: rows.length, rejected: 0 },
      read: written,
    })
  })

  test('where the request says which, also if its first character is far behind', async () => {
    const text = 'name,phone\r\nŽižka,+420221234567\r\n'
    const stated = await send(iconv.encode(text, 'iso-8859-2'), { type: 'text/csv; charset=ISO-8859-2' })
    expect(stated.contacts).toMatchObject([{ name: 'Žižka' }])
    const asked = await send(iconv.encode(text, 'iso-8859-2'), { query: '?charset=iso-8859-2' })
    expect(asked.contacts).toMatchObject([{ name: 'Žižka' }])
    const filler = Array.from({ length: 5_000 }, () => 'Nobody,none,\r\n').join('')
    const late = await send(iconv.encode(`name,phone\r\n${filler}Müller,+491711234001\r\n`, 'windows-1252'))
    expect(late.contacts).toMatchObject([{ name: 'Müller' }])
  })

  test('as its mark says, whatever the request says', async () => {
    const marked = `\ufeffname,phone\r\nMüller,none\r\n`
    const { id, body } = await send(marked, { type: 'text/csv; charset=windows-1252' })
    const { text } = await customer.ask('GET', `/v1/campaigns/${id}/imports/${body.id}/rejected.csv`)
    expect(text).toMatch(/^name,phone,rejected_line,rejected_reason\nMüller,/)
  })

  test('an encoding that is not known is refused with what would be right', async () => {
    expect(await send('phone\n', { query: '?charset=klingon' })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/charset' }] },
    })
  })
})

describe('the table is found', () => {
  test.each([
    ['sep=;\r\nname;phone\r\nMaier;+491711234001\r\n', 'below a line that tells the separator'],
    ['Customers of spring;;\nMade by Ada;;\n\nname;phone\nMaier;+491711234001\n', 'below titles'],
    ['Name,Phone 1 - Type,Phone 1 - Value,Phone 2 - Value\nMaier,Mobile,+491711234001,+49\n', 'of Google'],
    ['Vorname;Nachname;Telefonnummer\n;Maier;+491711234001\n', 'in German'],
    ['name,phone,mobile\nMaier,,+491711234001\n', 'with the number in the second column'],
    ['phone,name,phone\n,Maier,+491711234001\n', 'with equal headings'],
    ['phone,name,mobile\nnone,Maier,+491711234001\n', 'with something else in the first column'],
    ['name;phone;;;;\nMaier;+491711234001;;;;\n;;;;;\n;;;;;\n', 'with rows of separators'],
  ])('%j: %s', async (file) => {
    const { body, contacts } = await send(file)
    expect(body).toMatchObject({ rows: 1, added: 1, rejected: 0 })
    expect(contacts).toMatchObject([{ phone: '+491711234001', name: 'Maier' }])
  })
})

test('a quote inside a row, or one that never closes, costs no row', async () => {
  const rows = Array.from({ length: 2_000 }, (_, n) => `Contact ${n},+4917112${String(n + 10_000)}`)
  rows[700] = 'Joe "The Boss" Smith,+491711299001'
  rows[800] = 'Pipe 5" wide,+491711299002'
  rows[900] = '"Carl Cordes,+491711299003'
  rows[901] = '"Dora, of the hill",+491711299004'
  const { body, id } = await send(`name,phone\n${rows.join('\n')}\n`)
  expect(body).toMatchObject({ rows: 2_000, added: 2_000, rejected: 0 })
  const { text } = await customer.ask('GET', `/v1/campaigns/${id}/contacts.csv`)
  expect(text).toContain(',+491711299001,"Joe ""The Boss"" Smith",')
  expect(text).toContain(',+491711299003,Carl Cordes,')
  expect(text).toContain(',+491711299004,"Dora, of the hill",')
})

test('who must not be called, own agents and expensive numbers are rejected', async () => {
  const agent = await customer.ask('POST', '/v1/agents', {
    ...{ name: 'Own', language: 'en-US', llmProvider: 'openai', llmModel: 'gpt-5' },
    phoneNumber: '+4930901899',
  })
  expect(agent.status).toBe(201)
  const { body } = await send(
    'phone,do_not_call\n+491711234010,yes\n+491711234011,no\n+4930901899,\n+19005550123,\n',
  )
  expect(body).toMatchObject({ rows: 4, added: 1, rejected: 3 })
  expect(body.rejections.map(({ reason }: { reason: string }) => reason)).toEqual([
    'This person must not be called: the file says so.',
    'This is the number of one of your own agents.',
    'This is a premium-rate number, which is not called.',
  ])
})

test('rejected rows come with all their cells and can be repaired and sent again', async () => {
  const { id, body } = await send('name,phone,city\nAda,none,"Ulm, or so"\n=cmd,+49301,Köln\n')
  const rejected = async (importId: string) =>
    (await customer.ask('GET', `/v1/campaigns/${id}/imports/${importId}/rejected.csv`)).text
  const file = await rejected(body.id)
  expect(file.split('\n')).toEqual([
    'name,phone,city,rejected_line,rejected_reason',
    'Ada,none,"Ulm, or so",2,This is not a phone number: it has letters. Write the number as +4930901820.',
    `'=cmd,'+49301,Köln,3,There is no such number in DE. Check its digits.`,
    '',
  ])
  const repaired = file.replace(',none,', ',+4930901820,')
  const again = await customer.addContacts(id, repaired)
  expect(again.body).toMatchObject({ rows: 2, added: 1, rejected: 1 })
  expect((await rejected(again.body.id)).split('\n')[0]).toBe('name,phone,city,rejected_line,rejected_reason')
  const { body: contacts } = await customer.ask('GET', `/v1/campaigns/${id}/contacts`)
  expect(contacts.data).toMatchObject([{ name: 'Ada', details: { city: 'Ulm, or so' } }])
})

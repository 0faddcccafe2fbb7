import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Ask } from '../../../test/app.ts'
import { openSeverableProxy, type SeverableProxy } from '../../../test/severable-proxy.ts'
import { until } from '../../../test/start-server.ts'
import { openTwilioWorld, PUBLIC_URL, type TwilioWorld } from '../../../test/twilio/world.ts'
import { type Database, openDatabase } from '../../platform/database/database.ts'
import { HANG_UP_TWIML, REJECT_TWIML } from './twiml.ts'

let world: TwilioWorld
let proxy: SeverableProxy
let database: Database
let request: Ask
beforeAll(async () => {
  world = await openTwilioWorld()
  const { connection } = world.test.database
  proxy = await openSeverableProxy(Number(connection.port))
  database = openDatabase({ ...connection, port: proxy.port })
  ;({ request } = await world.test.addProcess({ database }))
})
afterAll(async () => {
  await world.close()
  await database.close()
  proxy.sever()
})

test('while the database is away, callers hear that the line is busy, and nobody hears an error', async () => {
  const agent = await world.addAgent('wss://agent.example.com/talk')
  expect(await world.app.voice.dial(world.createOrder(agent))).toEqual({ outcome: 'placed' })
  const placed = world.twilio.lastPlaced()
  const answered = world.twilio.answer(placed)
  proxy.sever()
  expect((await world.callIn(agent, { via: request })).twiml).toBe(REJECT_TWIML)
  const connect = { url: placed.fields.get('Url')?.[0] ?? '', fields: { CallSid: placed.sid } }
  expect(await world.send(connect, { via: request })).toMatchObject({ status: 200, text: HANG_UP_TWIML })
  // A report that could not be stored is not confirmed.
  expect(await world.send(answered, { via: request })).toMatchObject({ status: 503 })
  await proxy.restore()
  await until(async () => ((await request('GET', '/readyz')).status === 200 ? true : undefined))
  const { call, twiml } = await world.callIn(agent, { via: request })
  expect(twiml).toContain('<Connect>')
  for (const each of [call, placed]) await world.send(world.twilio.end(each, 'canceled'))
  await world.send({
    url: `${PUBLIC_URL}/voice/twilio/status`,
    fields: { CallSid: 'CA1', CallStatus: 'busy' },
  })
})

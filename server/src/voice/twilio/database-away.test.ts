import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Ask } from '../../../test/app.ts'
import { openSeverableProxy, type SeverableProxy } from '../../../test/severable-proxy.ts'
import { until } from '../../../test/start-server.ts'
import { openTwilioWorld, publicUrl, type TwilioWorld } from '../../../test/twilio/world.ts'
import { type Database, openDatabase } from '../../platform/database/database.ts'
import { hungUp, rejected } from './twiml.ts'

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

test('while the database is away callers hear that the line is busy, and nobody hears an error read out', async () => {
  const agent = await world.agentAt('wss://agent.example.com/talk')
  expect(await world.app.voice.dial(world.order(agent))).toEqual({ outcome: 'placed' })
  const placed = world.twilio.lastPlaced()
  const answered = world.twilio.answer(placed)
  proxy.sever()
  expect((await world.callIn(agent, { via: request })).twiml).toBe(rejected)
  const connect = { url: placed.fields.get('Url')?.[0] ?? '', fields: { CallSid: placed.sid } }
  expect(await world.report(connect, { via: request })).toMatchObject({ status: 200, text: hungUp })
  // What is only told is not taken for heard.
  expect(await world.report(answered, { via: request })).toMatchObject({ status: 503 })
  await proxy.restore()
  await until(async () => ((await request('GET', '/readyz')).status === 200 ? true : undefined))
  const { call, twiml } = await world.callIn(agent, { via: request })
  expect(twiml).toContain('<Connect>')
  for (const one of [call, placed]) await world.report(world.twilio.end(one, 'canceled'))
  await world.report({
    url: `${publicUrl}/voice/twilio/status`,
    fields: { CallSid: 'CA1', CallStatus: 'busy' },
  })
})

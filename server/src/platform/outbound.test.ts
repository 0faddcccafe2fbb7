import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { request } from 'undici'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createOutbound, OutboundRefused } from './outbound.ts'

let server: Server
let asked: string[] = []
let port: number

beforeAll(async () => {
  server = createServer((incoming, answer) => {
    asked.push(incoming.url ?? '')
    if (incoming.url === '/away') answer.writeHead(302, { location: '/inside' }).end()
    else answer.end('inside')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

const names: Record<string, string[]> = {
  'public.example.com': ['93.184.215.14'],
  'inside.example.com': ['127.0.0.1'],
  'both.example.com': ['93.184.215.14', '10.0.0.7'],
  'nowhere.example.com': [],
}

/** Answers from the table; a name may change its addresses meanwhile. */
const resolveFromTable = async (host: string) =>
  (names[host] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))

function outboundOf(allow: string[] = []) {
  return createOutbound({ allow, resolve: resolveFromTable, connectMsMax: 300 })
}

async function ask(outbound: ReturnType<typeof outboundOf>, address: string): Promise<string> {
  const { statusCode, body } = await request(address, { dispatcher: outbound.dispatcher })
  return `${statusCode} ${await body.text()}`
}

test.each([
  'ftp://example.com',
  'example.com',
  'http://example.com/v1',
  'https://user:pass@example.com',
  'https://example.com:25',
  'https://localhost:8443',
  'https://db.internal',
  'https://printer.local',
  'https://redis:6379',
  'https://127.0.0.1',
  'https://127.1',
  'https://0x7f000001',
  'https://2130706433',
  'https://0.0.0.0',
  'https://10.1.2.3',
  'https://172.16.0.1',
  'https://192.168.1.1',
  'https://100.64.0.1',
  'https://169.254.169.254/latest/meta-data',
  'https://168.63.129.16/machine',
  'https://198.18.0.1',
  'https://224.0.0.1',
  'https://240.0.0.1',
  'https://255.255.255.255',
  'https://[::1]',
  'https://[::]',
  'https://[fe80::1]',
  'https://[fd00:ec2::254]',
  'https://[::ffff:127.0.0.1]',
  'https://[::127.0.0.1]',
  'https://[64:ff9b::a00:1]',
  'https://[64:ff9b:1::a00:1]',
  'https://[2002:a00:1::1]',
  'https://[2001:db8::1]',
  'https://localhost.',
])('%s is refused before its name is looked up', (address) => {
  expect(() => outboundOf().check(address)).toThrow(OutboundRefused)
})

test.each([
  'https://example.com',
  'https://llm.example.com:8443/v1',
  'https://8.8.8.8',
  'https://[2606:4700::1111]',
])('%s is allowed', (address) => {
  expect(outboundOf().check(address).href).toContain(address)
})

test.each(['inside.example.com', 'both.example.com', 'nowhere.example.com'])(
  'no connection is made to %s, whose addresses are not all public',
  async (host) => {
    asked = []
    const outbound = outboundOf()
    await expect(ask(outbound, `https://${host}:${port}/`)).rejects.toThrow(OutboundRefused)
    await expect(outbound.resolve(`https://${host}/`)).rejects.toThrow(OutboundRefused)
    expect(asked).toEqual([])
    await outbound.close()
  },
)

test('a literal IP address is checked when the connection is made, even if the URL was not', async () => {
  const outbound = outboundOf()
  await expect(ask(outbound, `http://127.0.0.1:${port}/`)).rejects.toThrow(OutboundRefused)
  await expect(ask(outbound, `https://[::1]:${port}/`)).rejects.toThrow(OutboundRefused)
  await outbound.close()
})

test('a name that is public when it is saved and private when it is requested is refused', async () => {
  names['rebinds.example.com'] = ['93.184.215.14']
  const outbound = outboundOf()
  await outbound.resolve('https://rebinds.example.com/')
  names['rebinds.example.com'] = ['127.0.0.1']
  await expect(ask(outbound, `https://rebinds.example.com:${port}/`)).rejects.toThrow(OutboundRefused)
  await outbound.close()
})

test('hosts that the operator allows can be private and without TLS, on the named port if there is one', async () => {
  const byPort = outboundOf([`127.0.0.1:${port}`])
  expect(await ask(byPort, `http://127.0.0.1:${port}/x`)).toBe('200 inside')
  expect(() => byPort.check(`http://127.0.0.1:${port + 1}/`)).toThrow('begin with https://')
  const byHost = outboundOf(['LocalHost'])
  expect(byHost.check('http://localhost:8080/v1').port).toBe('8080')
  await Promise.all([byPort.close(), byHost.close()])
})

test('a redirect is not followed', async () => {
  asked = []
  const outbound = outboundOf([`127.0.0.1:${port}`])
  expect(await ask(outbound, `http://127.0.0.1:${port}/away`)).toMatch(/^302/)
  expect(asked).toEqual(['/away'])
  await outbound.close()
})

test('the proxy settings of the environment are ignored', async () => {
  process.env.HTTPS_PROXY = `http://127.0.0.1:${port}`
  asked = []
  const outbound = outboundOf()
  await expect(ask(outbound, 'https://public.example.com/')).rejects.toThrow()
  expect(asked).toEqual([])
  delete process.env.HTTPS_PROXY
  await outbound.close()
})

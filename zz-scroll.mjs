import { chromium } from 'playwright-core'
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] })
const ctx = await b.newContext({ baseURL: 'http://127.0.0.1:4533', viewport: { width: 1280, height: 900 }, colorScheme: process.env.SCHEME ?? 'light', reducedMotion: 'reduce' })
const p = await ctx.newPage()
await ctx.request.post('/v1/sign-in', { data: { email: 'demo@talktime.example', password: 'talktime-demo' }, headers: { 'sec-fetch-site': 'same-origin' } })
const list = await (await ctx.request.get('/v1/campaigns')).json()
const [name, out, w, y] = process.argv.slice(2)
const id = list.data.find((c) => c.name.startsWith(name))?.id
await p.setViewportSize({ width: Number(w), height: 900 })
await p.goto(name.startsWith('/') ? name : `/campaigns/${id}`); await p.waitForTimeout(2500)
await p.evaluate((y) => window.scrollTo(0, y), Number(y)); await p.waitForTimeout(300)
await p.screenshot({ path: `/tmp/shots/${out}.png` })
await b.close()

import { chromium } from 'playwright-core'
const base = process.env.BASE ?? 'http://127.0.0.1:4533'
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] })
const jobs = process.argv.slice(2) // path|name|fail
for (const scheme of (process.env.SCHEMES ?? 'light,dark').split(',')) {
  const ctx = await b.newContext({ baseURL: base, viewport: { width: 1280, height: 900 }, colorScheme: scheme, reducedMotion: 'reduce' })
  const p = await ctx.newPage()
  const r = await ctx.request.post('/v1/sign-in', { data: { email: 'demo@talktime.example', password: 'talktime-demo' }, headers: { 'sec-fetch-site': 'same-origin' } })
  if (!r.ok()) console.log('sign-in', r.status(), await r.text())
  const list = await (await ctx.request.get('/v1/campaigns')).json()
  const idOf = (name) => list.data.find((c) => c.name.startsWith(name))?.id
  for (const job of jobs) {
    const [path, name, fail] = job.split('|')
    const real = path.replace(/\{([^}]+)\}/, (_, n) => idOf(n))
    if (fail === 'fail') await p.route('**/v1/campaigns?*', (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify({ title: 'Internal error', status: 500, code: 'internal_error', detail: 'Something went wrong on our side.' }) }))
    if (fail === 'empty') await p.route('**/v1/campaigns?*', (route) => route.fulfill({ status: 200, contentType: 'application/json', body: JSON.stringify({ data: [], nextCursor: null }) }))
    for (const w of [1280, 390]) {
      await p.setViewportSize({ width: w, height: 900 })
      await p.goto(real)
      await p.waitForTimeout(fail === 'fail' ? 9000 : 2500)
      const over = await p.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
      await p.screenshot({ path: `/tmp/shots/${name}-${w}-${scheme}.png`, fullPage: process.env.FULL !== 'no' })
      console.log(name, w, scheme, over > 0 ? `OVERFLOW ${over}` : '')
    }
    await p.unrouteAll()
  }
  await ctx.close()
}
await b.close()

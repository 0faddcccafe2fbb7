import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const server = process.env.TALKTIME_SERVER ?? 'http://127.0.0.1:4400'

export default defineConfig({
  plugins: [react()],
  server: { proxy: { '/v1': server, '/openapi.json': server, '/docs': server } },
  build: {
    outDir: 'dist',
    // The content security policy allows no data: fonts or scripts, so nothing is inlined.
    assetsInlineLimit: 0,
    target: 'es2023',
    // The colours are written with light-dark(), which these browsers were the first to know.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
  },
})

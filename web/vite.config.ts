import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const server = process.env.TALKTIME_SERVER ?? 'http://127.0.0.1:4400'

/** Writes a brotli and a gzip copy beside every text file. The server sends them as they are. */
function compressFiles(): Plugin {
  return {
    name: 'compressed-copies',
    apply: 'build',
    writeBundle({ dir }) {
      if (dir === undefined) return
      for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
        if (!/\.(js|css|html|svg)$/.test(name)) continue
        const file = join(dir, name)
        const content = readFileSync(file)
        writeFileSync(`${file}.br`, brotliCompressSync(content))
        writeFileSync(`${file}.gz`, gzipSync(content))
      }
    },
  }
}

export default defineConfig({
  plugins: [react(), compressFiles()],
  server: {
    proxy: { '/v1': server, '/openapi.json': server, '/docs': server, '/sandbox-bank': server },
  },
  build: {
    outDir: 'dist',
    // The content security policy allows no data: fonts or scripts, so nothing is inlined.
    assetsInlineLimit: 0,
    target: 'es2023',
    // The first browsers with light-dark(), which the colors use.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
  },
})

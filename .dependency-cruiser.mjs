// The walls of the house. A room of the server is entered through its index.ts;
// rooms depend on each other in one direction (server/walls.ts); core depends on nothing.
import { mayEnter, openFiles } from './server/walls.ts'

const rooms = (...names) => `^server/src/(${names.join('|')})/`

const roomWalls = Object.entries(mayEnter).map(([room, allowed]) => ({
  name: `${room}-enters-only-${allowed.join('-') || 'nothing'}`,
  severity: 'error',
  comment: `server/src/${room} may only enter: ${allowed.join(', ') || 'no other room'}`,
  from: { path: rooms(room), pathNot: '\\.test\\.ts$' },
  to: { path: '^server/src/[^/]+/', pathNot: rooms(room, ...allowed) },
}))

export default {
  forbidden: [
    {
      name: 'core-depends-on-nothing',
      severity: 'error',
      from: { path: '^core/src', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^core/src' },
    },
    {
      name: 'web-sees-only-core',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^server/' },
    },
    {
      name: 'server-does-not-see-web',
      severity: 'error',
      from: { path: '^server/' },
      to: { path: '^web/' },
    },
    {
      name: 'rooms-are-entered-through-index',
      severity: 'error',
      comment:
        'Import the room’s index.ts, nothing behind it. The platform has no index: every room uses its modules.',
      from: { path: '^server/src/([^/]+)/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^server/src/([^/]+)/',
        pathNot: ['^server/src/$1/', '^server/src/platform/', '^server/src/[^/]+/index\\.ts$'],
      },
    },
    ...roomWalls,
    {
      name: 'rooms-do-not-see-what-composes-them',
      severity: 'error',
      comment: `Of the files beside the rooms, a room may only import: ${openFiles.join(', ')}`,
      from: { path: '^server/src/[^/]+/', pathNot: ['\\.test\\.ts$', rooms('cli', 'demo')] },
      to: { path: '^server/src/[^/]+\\.ts$', pathNot: openFiles.map((file) => `^server/src/${file}$`) },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { pathNot: '\\.gen\\.ts$' } },
    },
    {
      name: 'no-orphan-dependencies',
      severity: 'error',
      from: { path: '^(core|server|web)/src', pathNot: '\\.test\\.tsx?$' },
      to: {
        dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined', 'npm-dev'],
        pathNot: ['vite/client', '^core/src'],
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    parser: 'swc',
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
}

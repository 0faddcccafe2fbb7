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

/** The floors of the dashboard, from top to bottom. A floor may import the floors below it. */
const webFloors = ['app', 'features', 'design', 'api']

const webFloorWalls = webFloors.slice(1).map((floor, index) => ({
  name: `web-${floor}-imports-no-floor-above`,
  severity: 'error',
  comment: `web/src/${floor} may import: ${[floor, ...webFloors.slice(index + 2)].join(', ')} and core`,
  from: { path: `^web/src/${floor}/` },
  to: { path: `^web/src/(${webFloors.slice(0, index + 1).join('|')})/` },
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
      comment: `Of the files beside the rooms, a room but the demo may only import: ${openFiles.join(', ')}`,
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
    ...webFloorWalls,
    {
      name: 'web-features-meet-through-index',
      severity: 'error',
      comment: 'Import features/<noun>/index.ts. What it does not export is private to the feature.',
      from: { path: '^web/src/features/([^/]+)/' },
      to: {
        path: '^web/src/features/([^/]+)/',
        pathNot: ['^web/src/features/$1/', '^web/src/features/[^/]+/index\\.ts$'],
      },
    },
    {
      name: 'web-app-enters-features-through-index',
      severity: 'error',
      comment: 'Only routes load pages and tabs past the index, with a dynamic import: each becomes a chunk.',
      from: { path: '^web/src/app/' },
      to: { path: '^web/src/features/', pathNot: '^web/src/features/[^/]+/index\\.ts$', dynamic: false },
    },
    {
      name: 'web-app-loads-only-pages-past-the-index',
      severity: 'error',
      from: { path: '^web/src/app/' },
      to: {
        path: '^web/src/features/',
        pathNot: '^web/src/features/[^/]+/(index\\.ts|[A-Za-z]+(Page|Tab)\\.tsx)$',
        dynamic: true,
      },
    },
    {
      name: 'web-index-is-for-others',
      severity: 'error',
      comment: 'Inside a feature, import the file itself: going through the own index makes circles.',
      from: { path: '^web/src/features/([^/]+)/', pathNot: '/index\\.ts$' },
      to: { path: '^web/src/features/$1/index\\.ts$' },
    },
    {
      name: 'web-stands-on-a-floor',
      severity: 'error',
      comment: 'Every file of the dashboard stands on one of the floors.',
      from: { path: '^web/src/' },
      to: { path: '^web/src/', pathNot: `^web/src/(${webFloors.join('|')})/` },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    parser: 'swc',
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
}

import { spawn } from 'node:child_process'
import { StartProblem } from '../start-problem.ts'
import { plainEnvironment } from './guardian.ts'
import { findPostgresBinaries } from './postgres-binaries.ts'
import { CLUSTER_USER, firstComplaint } from './postgres-cluster.ts'
import { commandAsUser, findPostgresUser } from './postgres-user.ts'
import { clearPostmaster } from './postmaster.ts'

/** The role of the server and the commands. It owns Talktime's database and nothing else, and is no superuser. */
export const APP_ROLE = 'talktime_app'
export const DATABASE_NAME = 'talktime'

/**
 * Brings the roles of a PostgreSQL into form, whatever state they are in: the application's role with this password owns
 * the database and everything in it, and the superuser cannot connect. PostgreSQL must be stopped.
 *
 * @throws StartProblem if a statement fails
 */
export async function prepareRoles(folder: string, password: string): Promise<void> {
  await clearPostmaster(folder)
  await runSingleUser(folder, 'postgres', [
    `do $$ begin if not exists (select from pg_roles where rolname = '${APP_ROLE}') then create role ${APP_ROLE}; end if; end $$`,
    `alter role ${APP_ROLE} login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password '${password}'`,
    `create database ${DATABASE_NAME} owner ${APP_ROLE}`,
    `alter database ${DATABASE_NAME} owner to ${APP_ROLE}`,
    `alter role ${CLUSTER_USER} nologin password null`,
  ])
  await runSingleUser(folder, DATABASE_NAME, [OWN_EVERYTHING])
}

/**
 * Gives the objects of a database that an earlier version created as the superuser to the application's role. `reassign
 * owned` refuses to take anything from the role that initdb created. Sequences of columns follow their tables.
 */
const OWN_EVERYTHING = `
  do $$ declare statement text; begin
    for statement in
      select format('alter %s %s owner to ${APP_ROLE}',
                    case relkind when 'S' then 'sequence' when 'v' then 'view' when 'm' then 'materialized view' else 'table' end,
                    oid::regclass)
      from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S')
        and relowner <> '${APP_ROLE}'::regrole
        and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = pg_class.oid and deptype in ('a', 'i') and relkind = 'S')
      union all
      select format('alter routine %s owner to ${APP_ROLE}', oid::regprocedure)
      from pg_proc where pronamespace = 'public'::regnamespace and proowner <> '${APP_ROLE}'::regrole
    loop execute statement; end loop;
  end $$`

/** Whether the database was there already, which is no fault. */
const EXISTS_ALREADY = new RegExp(`ERROR:\\s+database "${DATABASE_NAME}" already exists`)

/** Runs statements as the superuser, without a password: in single-user mode, which only the owner of the files can. */
async function runSingleUser(folder: string, database: string, statements: readonly string[]): Promise<void> {
  const { postgres } = findPostgresBinaries()
  const options = ['--single', '-D', folder, database]
  const { command, args, ...user } = commandAsUser(findPostgresUser(), [postgres, folder], postgres, options)
  const stdio = ['pipe', 'ignore', 'pipe'] as const
  const child = spawn(command, args, { ...user, cwd: '/', env: plainEnvironment(), stdio: [...stdio] })
  child.stdin?.on('error', () => {})
  // A line is a statement, and the end of the input ends PostgreSQL.
  child.stdin?.end(statements.map((statement) => `${statement.replaceAll(/\s*\n\s*/g, ' ')}\n`).join(''))
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  const faults = said
    .split('\n')
    .filter((line) => /\b(ERROR|FATAL|PANIC):/.test(line) && !EXISTS_ALREADY.test(line))
  if (code === 0 && faults.length === 0) return
  throw new StartProblem(
    `The roles of the database in ${folder} could not be set up: ${firstComplaint(faults[0] ?? said)}`,
  )
}

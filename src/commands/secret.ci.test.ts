import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import type { App } from '../platform/context.ts'
import { keepSecretKeys } from '../platform/secretsFile.ts'
import { loadConfig } from '../config.ts'
import { addPerson } from '../testing/app.ts'
import { aloneInAFolder, runAlone, type Serving, serveAlone } from '../testing/executable.ts'
import { withoutNode } from './admin/offline.ts'

const PEOPLE = 20_000

async function addPeople(app: App): Promise<void> {
  const id = await addPerson(app, 'ann')
  await app.db.write(async (sql) => {
    for (let at = 0; at < PEOPLE; at++) {
      const [one, phone] = [crypto.randomUUID(), app.secrets.seal(`+${at}`)]
      await sql`
        insert into users (id, email, username, full_name, role, phone_number, authz_changed_at, created_at, updated_at)
        select ${one}, ${one}, ${one}, 'p', role, ${phone}, 0, 0, 0 from users where id = ${id}`
    }
  })
}

const readPhones = async (app: App): Promise<string[]> => {
  const rows = await app.db.read<{ phone_number: string }>`
    select phone_number from users where phone_number is not null`
  return rows.map((row) => app.secrets.open(row.phone_number))
}

test.each(['the command alone', 'a node that runs'])(
  'the key is replaced by %s that is killed again and again, and every number can be read at the end (S-49)',
  async (who) => {
    const folder = aloneInAFolder()
    const { config } = loadConfig({ env: { WARREN_DATA_DIR: join(folder, 'data') } })
    const old = await withoutNode(config, async (app) => {
      await addPeople(app)
      return app.secrets.fingerprint
    })
    const file = new Database(join(folder, 'data/warren.db'), { readonly: true })
    const count = file.query<{ left: number }, [string]>(
      'select count(*) as left from users where phone_number like ?',
    )
    const left = () => count.get(`v1.${old}.%`)?.left ?? 0

    for (const enough of [15_000, 10_000, 5_000]) {
      const node: Serving | null = who === 'a node that runs' ? await serveAlone(folder) : null
      const rotating = Bun.spawn(['./warren', 'secret', 'rotate'], {
        cwd: folder,
        env: {},
        stdout: 'ignore',
        stderr: 'ignore',
      })
      while (left() > enough) await new Promise((resolve) => setImmediate(resolve))
      if (node === null) rotating.kill('SIGKILL')
      else await node.stop('SIGKILL')
      await rotating.exited
      expect(left()).toBeGreaterThan(0)
    }
    const { code, err } = await runAlone(folder, ['secret', 'rotate'])

    expect([code, left()]).toEqual([0, 0])
    expect(err).toContain('Nothing is left under the old key.')
    expect(keepSecretKeys(config.dataDir).previous).toBeNull()
    const phones = await withoutNode(config, readPhones)
    expect(phones.sort()).toEqual(Array.from({ length: PEOPLE }, (_, at) => `+${at}`).sort())
    file.close()
  },
)

import { afterAll, expect, test } from 'bun:test'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { furnish } from '../../../bench/warren.ts'
import { createPostgresDatabase } from '../../testing/databases.ts'
import { startTestNode } from '../../testing/node.ts'
import { notRun } from '../../testing/notRun.ts'
import { hasPostgres } from '../../testing/postgres.ts'
import { at, everythingOf, newHome, removeFolders, runWeighed } from './scene.ts'

if (!hasPostgres) notRun('a million messages moved', 'no PostgreSQL 15')

afterAll(removeFolders)

const MESSAGES = 1_000_000
const CHATS = 100

/** Minutes on a slow machine, not hours; and memory that does not grow with what is kept. */
const MOST = { seconds: 300, megabytes: 300 }

async function aLibrary(folder: string) {
  return furnish(join(folder, 'data'), async (into) => {
    const people = await into.addPeople(20)
    for (let i = 0; i < CHATS; i++) {
      const chat = into.addChat('channel', people)
      into.addMessages(chat, i === 0 ? MESSAGES / 2 : Math.ceil(MESSAGES / 2 / (CHATS - 1)))
    }
    return people.slice(0, 3)
  })
}

test.if(hasPostgres)(
  'a million messages are kept, restored and moved, and the API answers the same before and after',
  async () => {
    const folder = newHome()
    const people = await aLibrary(folder)
    const answers = async (settings: Record<string, string>) => {
      const node = await startTestNode(settings)
      const all = await Promise.all(people.map((one) => everythingOf(at(node, one))))
      await node.stop()
      return all
    }
    const before = await answers({ WARREN_DATA_DIR: join(folder, 'data') })
    const url = await createPostgresDatabase()

    const kept = await runWeighed(folder, 'backup create -o kept.tar.zst')
    const restoredIn = newHome()
    const restored = await runWeighed(restoredIn, `restore ${join(folder, 'kept.tar.zst')} --keep-sessions`)
    const moved = await runWeighed(folder, `move --to ${url} --secret-key-file key.txt`)

    for (const [what, { code, seconds, megabytes }] of Object.entries({ kept, restored, moved })) {
      console.error(`${what}: ${seconds.toFixed(1)} s, ${megabytes.toFixed(0)} MB at the peak`)
      expect(code).toBe(0)
      expect(seconds).toBeLessThan(MOST.seconds)
      expect(megabytes).toBeLessThan(MOST.megabytes)
    }
    console.error(`the backup: ${(statSync(join(folder, 'kept.tar.zst')).size / 1e6).toFixed(1)} MB`)
    expect(await answers({ WARREN_DATA_DIR: join(restoredIn, 'data') })).toEqual(before)
    const key = readFileSync(join(folder, 'key.txt'), 'utf8').trim()
    const there = { WARREN_DATABASE_URL: url, WARREN_SECRET_KEY: key, WARREN_AUTO_MIGRATE: 'true' }
    expect(await answers(there)).toEqual(before)
  },
  900_000,
)

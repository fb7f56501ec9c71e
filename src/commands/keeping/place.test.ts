import { afterAll, beforeAll, expect, test } from 'bun:test'
import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openSqliteSource } from '../../platform/keeping/source.sqlite.ts'
import { parseSecretKeys, readSecretKeys } from '../../platform/secretsFile.ts'
import { loadConfig } from '../../config.ts'
import { startTestNode } from '../../testing/node.ts'
import { type Placing, stepsIntoPlace } from './place.ts'
import { newFolder, onSqlite, removeFolders, type Settings, startTeam, warren } from './scene.ts'

afterAll(removeFolders)

const STEPS = 6
const TEXTS = { old: 'said where it is restored', fresh: 'said where the backup was made' }

let old: Settings
let fresh: Settings
let file: string

const folderOf = (env: Settings) => env.WARREN_DATA_DIR ?? ''

async function install(text: string): Promise<Settings> {
  const env = await onSqlite()
  const team = await startTeam(env)
  const ann = team.people[1]
  if (ann !== undefined) await team.say(ann, text)
  await team.node.stop()
  return env
}

beforeAll(async () => {
  old = await install(TEXTS.old)
  const kept = await install(TEXTS.fresh)
  file = (await warren('backup create', kept)).out
  fresh = { WARREN_DATA_DIR: newFolder() }
  await warren(`restore ${file}`, fresh)
})

/** The old installation once more, with what is to be restored lying beside it. */
async function arrange(): Promise<{ env: Settings; placing: Placing }> {
  const dataDir = newFolder()
  const env = { WARREN_DATA_DIR: dataDir }
  loadConfig({ env })
  await Bun.$`cp -a ${folderOf(old)} ${dataDir}`.quiet()
  const path = join(dataDir, 'warren.db')
  copyFileSync(join(folderOf(fresh), 'warren.db'), `${path}.restoring`)
  const keys = readSecretKeys(folderOf(fresh))
  const aside = join(dataDir, 'snapshots', 'before-restore')
  return { env, placing: { draft: `${path}.restoring`, path, dataDir, keys, aside } }
}

/** What a node finds there: the last message, and whether what was sealed can be opened. */
async function whatStands(env: Settings): Promise<{ last: string; phone: string }> {
  const node = await startTestNode(env)
  const ada = await node.signIn('ada')
  const chats = (await ada.get('/api/chats?limit=100')).body.data as { id: string; name: string }[]
  const tea = chats.find(({ name }) => name.startsWith('Чай'))
  const { data } = (await ada.get(`/api/chats/${tea?.id}/messages`)).body
  const { phone_number } = (await ada.get('/api/auth/me')).body.user
  await node.stop()
  return { last: data.at(-1).content, phone: phone_number }
}

test.each([...Array(STEPS + 1).keys()])(
  'a restore that is killed after step %i leaves an installation that starts, and can be run again',
  async (count) => {
    const { env, placing } = await arrange()
    const steps = stepsIntoPlace(placing)

    for (const step of steps.slice(0, count)) {
      step()
      expect(existsSync(join(placing.dataDir, 'secrets.toml'))).toBe(true)
    }

    expect(steps).toHaveLength(STEPS)
    const isNew = count > steps.length - 2
    expect(await whatStands(env)).toEqual({
      last: isNew ? TEXTS.fresh : TEXTS.old,
      phone: '+31612345678',
    })
    expect(await warren(`restore ${file} --yes`, env)).toMatchObject({ exit: 0 })
    expect((await whatStands(env)).last).toBe(TEXTS.fresh)
    expect(readSecretKeys(placing.dataDir)).toEqual(readSecretKeys(folderOf(fresh)))
  },
)

test('one that is killed while the keys of both lie there can have its key replaced', async () => {
  const { env, placing } = await arrange()
  for (const step of stepsIntoPlace(placing).slice(0, 3)) step()

  const said = await warren('secret rotate', env)

  expect(said).toMatchObject({ exit: 0 })
  expect((await whatStands(env)).phone).toBe('+31612345678')
  expect(readSecretKeys(placing.dataDir)?.others).toBeUndefined()
})

test('nothing is changed while somebody reads the old database', async () => {
  const { env, placing } = await arrange()
  const node = await startTestNode(env)
  const reading = openSqliteSource(placing.path)
  await node.person('cy')
  await node.stop()

  const said = await warren(`restore ${file} --yes`, env)
  await reading.close()

  expect(said).toMatchObject({ exit: 4, err: expect.stringContaining('Somebody reads') })
  expect((await whatStands(env)).last).toBe(TEXTS.old)
})

test('secrets that are damaged are replaced by those of the backup, and kept aside', async () => {
  const { env, placing } = await arrange()
  await Bun.write(join(placing.dataDir, 'secrets.toml'), 'secret_key = "')

  expect((await warren(`restore ${file} --yes`, env)).exit).toBe(0)

  expect((await whatStands(env)).last).toBe(TEXTS.fresh)
  const aside = [...new Bun.Glob('snapshots/*.secrets.toml').scanSync(placing.dataDir)]
  expect(aside.map((name) => readFileSync(join(placing.dataDir, name), 'utf8'))).toEqual(['secret_key = "'])
  expect(parseSecretKeys('secret_key = "')).toBeNull()
})

import { askRedis } from './askRedis.ts'
import { type ClusterFault, note, require, type Scene, until } from './scene.ts'

/** Redis ends what nodes hear by. */

/** All channels are subscribed again so soon. */
const HEARING_MS = 3000
const BETWEEN_MS = 500

export const killSubscribers: ClusterFault = {
  id: 'F10',
  what: 'Redis ends the connections of all subscribers',
  rounds: 100,
  smallRounds: 3,
  inject: (scene) =>
    losingSubscribers(scene, async () => {
      await askRedis(scene.cluster.redis, ['CLIENT', 'KILL', 'TYPE', 'pubsub'])
    }),
}

const LIMIT = 'client-output-buffer-limit'
/** What the server keeps for one subscriber, and what it does by itself. */
const SMALL = 'pubsub 1mb 0 0'
const USUAL = 'pubsub 32mb 8mb 60'

export const drownSubscribers: ClusterFault = {
  id: 'F10',
  what: 'Redis gives up subscribers for which more waits than it keeps',
  rounds: 20,
  smallRounds: 2,
  begin: async ({ cluster }) => void (await askRedis(cluster.redis, ['CONFIG', 'SET', LIMIT, SMALL])),
  inject: (scene) => losingSubscribers(scene, () => sayTooMuch(scene)),
  end: async ({ cluster }) => void (await askRedis(cluster.redis, ['CONFIG', 'SET', LIMIT, USUAL])),
}

/** One thing that no node makes anything of, larger than what is kept for whoever hears it. */
async function sayTooMuch({ cluster, random }: Scene): Promise<void> {
  const [list = ''] = await askRedis(cluster.redis, ['PUBSUB', 'CHANNELS', 'warren:*'])
  const channels = list.split(',')
  const channel = channels[Math.floor(random() * channels.length)] ?? ''
  const before = namesOf(await subscribers(cluster))
  await askRedis(cluster.redis, ['PUBLISH', channel, `nobody\n♥${'x'.repeat(2_000_000)}`])
  const isGone = async () => namesOf(await subscribers(cluster)).isDisjointFrom(before)
  if (before.size === 0 || (await until(isGone, HEARING_MS, 50)) === Infinity)
    throw new Error('no subscriber was given up')
}

async function losingSubscribers(scene: Scene, lose: () => Promise<void>): Promise<void> {
  const { cluster } = scene
  const before = countOf(await subscribers(cluster))
  require(scene, before > 0, 'nobody has subscribed')
  await lose()
  const took = await until(async () => countOf(await subscribers(cluster)) >= before, HEARING_MS, 50)
  note(scene, 'resubscribed', took)
  require(scene, took < Infinity, `not all channels were subscribed again within ${HEARING_MS} ms`)
  await Bun.sleep(BETWEEN_MS)
}

/** As the server lists them, a line each. */
async function subscribers({ redis }: Scene['cluster']): Promise<string> {
  const [list = ''] = await askRedis(redis, ['CLIENT', 'LIST', 'TYPE', 'pubsub'])
  return list
}

/** Over all connections: of channels, and of shards of them. */
const countOf = (list: string): number =>
  [...list.matchAll(/ s?sub=(\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0)

const namesOf = (list: string): Set<string> =>
  new Set([...list.matchAll(/^id=(\d+)/gm)].map(([, id = '']) => id))

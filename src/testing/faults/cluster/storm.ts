import { openLine } from '../../checker/line.ts'
import { countsOf, METRICS_TOKEN, type Spread, slowerThan } from './metrics.ts'
import { type ClusterFault, note, require, type Scene, until } from './scene.ts'

/** Everybody comes back at once. */

const RESUMED_MS = 60_000
/** Beside the recording devices, so many plain sockets. */
const PLAIN = 1000
const PLAIN_SMALL = 300
/** Of a hundred statements so many may take longer than 100 ms. */
const SLOW_SHARE = 0.05
const PROBE_MS = 50

interface Plain {
  /** True once `hello` was heard on the present connection. */
  isOn: boolean
  /** How often it was heard. */
  hellos: number
  stop(): void
}

const crowds = new WeakMap<object, Plain[]>()

export const storm: ClusterFault = {
  id: 'F28',
  what: 'Caddy is killed, and everybody comes back at once',
  rounds: 10,
  smallRounds: 2,
  env: { WARREN_METRICS_TOKEN: METRICS_TOKEN },
  begin: async (scene) => {
    const size = scene.isSmall ? PLAIN_SMALL : PLAIN
    const crowd = Array.from({ length: size }, (_, n) => keepConnected(scene, n))
    crowds.set(scene.world, crowd)
    const took = await until(() => crowd.every(({ isOn }) => isOn), RESUMED_MS)
    require(scene, took < Infinity, `not all of ${size} sockets connected`)
  },
  inject: async (scene) => {
    const { caddy } = scene.cluster
    const crowd = crowds.get(scene.world) ?? []
    const statements = await countsOf(scene.cluster, STATEMENTS)
    const hellos = crowd.map((plain) => plain.hellos)
    caddy.signal('SIGKILL')
    await until(() => crowd.every(({ isOn }) => !isOn), 5000)
    await caddy.start()
    const isOver = { yet: false }
    const probing = probe(scene, isOver)
    const took = await until(() => crowd.every(({ isOn }) => isOn), RESUMED_MS)
    isOver.yet = true
    await probing
    note(scene, 'allBack', took)
    require(scene, took < Infinity, `not everybody was back after ${RESUMED_MS} ms`)
    const twice = crowd.filter((plain, at) => plain.hellos - (hellos[at] ?? 0) > 1).length
    require(scene, twice === 0, `${twice} sockets were greeted more than once`)
    await requireQuickDatabase(scene, statements)
  },
  end: async (scene) => {
    for (const plain of crowds.get(scene.world) ?? []) plain.stop()
  },
}

const STATEMENTS = 'warren_db_query_duration_seconds'

/** p95 below 100 ms, over the statements of this storm. */
async function requireQuickDatabase(scene: Scene, before: Spread): Promise<void> {
  const { share, total } = slowerThan(0.1, before, await countsOf(scene.cluster, STATEMENTS))
  note(scene, 'slowStatements', share)
  require(scene, total > 0, 'no statement was measured')
  require(scene, share <= SLOW_SHARE, `${Math.round(share * 100)} % of ${total} statements took over 100 ms`)
}

/** What asks meanwhile gets an answer, or is told when to come again. */
async function probe(scene: Scene, isOver: { yet: boolean }): Promise<void> {
  const { place, people } = scene.world
  while (!isOver.yet) {
    const answer = await fetch(`${place.url}/api/auth/me`, {
      headers: { authorization: `Bearer ${people.ada.token}` },
      signal: AbortSignal.timeout(10_000),
    }).catch(() => null)
    await answer?.text()
    const isHeld = answer?.status === 503 && answer.headers.has('retry-after')
    require(scene, answer === null || answer.status < 500 || isHeld, `a probe was answered ${answer?.status}`)
    await Bun.sleep(PROBE_MS)
  }
}

/** A socket that only holds on, with the backoff of a real client (C12). */
function keepConnected({ world }: Scene, n: number): Plain {
  const all = [...world.crowd, ...Object.values(world.people)]
  const person = all[n % all.length] ?? world.people.ada
  const state = { isOn: false, hellos: 0, isOver: false, close: () => {} }
  const hold = async (): Promise<void> => {
    for (let attempt = 0; !state.isOver; attempt++) {
      try {
        const line = await openLine(world.place.url, person.token, ({ type }) => {
          if (type !== 'hello') return
          state.isOn = true
          state.hellos++
          attempt = 0
        })
        state.close = line.close
        if (state.isOver) line.close()
        await line.closed
      } catch {
        // Not let in yet: asked again like everything else.
      }
      state.isOn = false
      await Bun.sleep(Math.random() * Math.min(30_000, 500 * 2 ** attempt))
    }
  }
  void hold() // catches everything, ends with `isOver`
  return {
    get isOn() {
      return state.isOn
    },
    get hellos() {
      return state.hellos
    },
    stop: () => {
      state.isOver = true
      state.close()
    },
  }
}

import { measureFanOut } from './fanout.ts'
import { measureHistory } from './history.ts'
import { measureIdle } from './idle.ts'
import { build, describeMachine, forget, freshFolder, goAhead } from './machine.ts'
import { stormVerdicts, twoNodesVerdicts } from './nodes.report.ts'
import { measureTwoNodes } from './nodes.ts'
import { measureOverload } from './overload.ts'
import { overloadVerdicts, recoveryVerdicts } from './recovery.report.ts'
import { measureRecovery } from './recovery.ts'
import {
  fanOutVerdicts,
  historyVerdicts,
  idleVerdicts,
  postgresVerdicts,
  sendVerdicts,
  sizeVerdicts,
  startVerdicts,
} from './report.ts'
import { measurePostgresSends } from './sends.postgres.ts'
import { measureSends } from './sends.ts'
import { measureSizes } from './sizes.ts'
import { measureStart } from './start.ts'
import { measureStorm } from './storm.ts'
import { outcomeOf, tableOf, type Verdict } from './verdict.ts'
import { furnish, ownerOf, serve } from './warren.ts'

// script/bench [--quick] [--ahead] [B1 B2 …]: measures and prints the table of docs/benchmarks.md. Exit 1 when a gate is
// missed.

const words = process.argv.slice(2)
const isQuick = words.includes('--quick')
const only = words.filter((word) => !word.startsWith('--'))
const pairing = isQuick ? { pairs: 4, seconds: 0.6 } : { pairs: 7, seconds: 3 }
const settleMs = isQuick ? 2000 : 10_000

const scenarios: Record<string, () => Promise<Verdict[]>> = {
  B1: async () => {
    const peers = ['ws.mjs', 'socketio.mjs']
    const measured = [await measureFanOut({ members: 100, inFlight: 16 }, pairing, peers)]
    const others = isQuick
      ? []
      : [10, 1000].flatMap((members) => [1, 16, 64].map((inFlight) => ({ members, inFlight })))
    const alone = isQuick ? [] : [1, 64].map((inFlight) => ({ members: 100, inFlight }))
    for (const shape of [...alone, ...others]) {
      measured.push(await measureFanOut(shape, { ...pairing, pairs: 3 }, []))
    }
    return fanOutVerdicts(measured)
  },
  B2: async () => {
    const shapes = [{ chats: 1, inFlight: 64 }, ...(isQuick ? [] : [{ chats: 64, inFlight: 64 }])]
    const measured = []
    for (const shape of shapes) measured.push(await measureSends(shape, pairing))
    return sendVerdicts(measured)
  },
  PG: async () => {
    const across = await measurePostgresSends({ chats: 64, inFlight: 128 }, pairing)
    return postgresVerdicts(across, await measurePostgresSends({ chats: 1, inFlight: 64 }, pairing))
  },
  B4: async () => idleVerdicts(await measureIdle(isQuick ? [500, 1500] : [1000, 4000], settleMs)),
  B5: async () => startVerdicts(await measureStart(isQuick ? 7 : 21, settleMs)),
  // The million messages take half a minute to make, once.
  B6: async () =>
    historyVerdicts(
      isQuick
        ? [await measureHistory('deep', pairing)]
        : [await measureHistory('hot', pairing), await measureHistory('deep', pairing)],
    ),
  B8: async () => {
    const clients = isQuick ? 500 : 10_000
    return stormVerdicts([await measureStorm('herd', clients), await measureStorm('jitter', clients)])
  },
  B9: async () => {
    const shapes = [
      { members: 10, rate: 200 },
      { members: 100, rate: 100 },
      { members: 1000, rate: 20 },
    ]
    return twoNodesVerdicts(
      isQuick
        ? await measureTwoNodes(shapes.slice(0, 2), { rounds: 2, seconds: 1 })
        : await measureTwoNodes(shapes, { rounds: 3, seconds: 3 }),
    )
  },
  B12: async () => {
    const seconds = isQuick ? 4 : 20
    const measured = [await measureOverload({ clients: 64, limits: 'lifted' }, seconds)]
    if (!isQuick) measured.push(await measureOverload({ clients: 256, limits: 'lifted' }, seconds))
    measured.push(await measureOverload({ clients: 64, limits: 'kept' }, seconds))
    return overloadVerdicts(measured)
  },
  B13: async () => recoveryVerdicts(await measureRecovery()),
  B14: async () => {
    const folder = freshFolder('sizes')
    await furnish(folder, async (into) =>
      into.addChat('channel', [...(await into.addPeople(3)), ownerOf(into)]),
    )
    const node = await serve(folder)
    const verdicts = sizeVerdicts(await measureSizes(node.url))
    await node.end('SIGKILL')
    forget(folder)
    return verdicts
  },
}

await build()
if (words.includes('--ahead')) goAhead()
console.log(`${new Date().toISOString()} · ${describeMachine()}${isQuick ? ' · quick' : ''}\n`)
const verdicts: Verdict[] = []
for (const [id, measure] of Object.entries(scenarios)) {
  if (only.length > 0 && !only.includes(id)) continue
  const began = performance.now()
  verdicts.push(...(await measure()))
  console.error(`${id}: ${((performance.now() - began) / 1000).toFixed(0)} s`)
}
console.log(tableOf(verdicts))
console.log(`\n${describeMachine()}`)
process.exit(verdicts.some((verdict) => outcomeOf(verdict) === 'missed') ? 1 : 0)

import { findLost } from '../../checker/findings.stored.ts'
import { newHistory } from '../../checker/history.ts'
import { dice, startLoad } from '../../checker/load.ts'
import { type PatchedTree, plant } from '../../checker/tree.ts'
import { allChats, settle, stopWorld } from '../../checker/world.ts'
import { createVictim, type Victim } from '../executable.ts'
import { type Kill, killAtRandom, type Outcome, runRounds } from '../rounds.ts'
import type { Fate } from './disk.ts'
import { openPower, type Power } from './ground.ts'

/** What the rounds themselves came to, beside what the checker found. */
export interface Bites {
  /** Pieces that were written and not synced when it happened: with none, nothing was tried. */
  unsynced: number
  /** Deaths between the writes of a checkpoint and its sync. */
  inCheckpoint: number
  /** Failed syncs of a checkpoint, which the node survives: the log still has everything. */
  survived: number
}

export type Bitten = Outcome & Bites

const newBites = (): Bites => ({ unsynced: 0, inCheckpoint: 0, survived: 0 })

/** F20: the power goes at any moment; every fifth time in the middle of a checkpoint. */
export const losePower = (command: string[], seed: number, rounds: number): Promise<Bitten> =>
  withPower(async (power) => {
    const bites = newBites()
    const fates = dice(seed + 1)
    let round = 0
    const kill: Kill = async (victim, world) => {
      round++
      const wrong = round % 5 === 0 ? await dieInCheckpoint(power, bites)(victim, world) : []
      if (round % 5 !== 0) await killAtRandom(victim, world)
      bites.unsynced += power.cut(victim.dataDir, round % 2 === 0 ? someOf(fates) : () => 'dropped')
      return wrong
    }
    return {
      ...(await runRounds({ fault: 'F20', command, seed, rounds, kill, env: () => power.env })),
      ...bites,
    }
  })

const someOf = (random: () => number) => (): Fate => {
  const roll = random()
  return roll < 0.4 ? 'kept' : roll < 0.7 ? 'torn' : 'dropped'
}

const CHECKPOINT_MS = 20_000

/** With no checkpoint in that time it dies all the same. */
const dieInCheckpoint =
  (power: Power, bites: Bites): Kill =>
  async (victim) => {
    power.order('die', '.db')
    const timer = setTimeout(() => victim.signal('SIGKILL'), CHECKPOINT_MS)
    await victim.ended
    clearTimeout(timer)
    if (power.isObeyed()) bites.inCheckpoint++
    power.undoOrder()
    return []
  }

/**
 * F21: a sync fails once. The node ends by itself, with an exit code that says so, and what that sync was about is
 * gone in every second round: the kernel keeps the page or forgets it, and nobody may trust in either.
 */
export const failSync = (command: string[], seed: number, rounds: number): Promise<Bitten> =>
  withPower(async (power) => {
    const bites = newBites()
    let round = 0
    const kill: Kill = async (victim, { random }) => {
      round++
      await Bun.sleep(100 + random() * 400)
      const wrong =
        round % 10 === 5
          ? await failInCheckpoint(power, victim, bites)
          : await failUntilItEnds(power, victim, bites)
      const fate: Fate = round % 2 === 0 ? 'kept' : 'dropped'
      bites.unsynced += power.cut(victim.dataDir, () => fate)
      return wrong
    }
    return {
      ...(await runRounds({ fault: 'F21', command, seed, rounds, kill, env: () => power.env })),
      ...bites,
    }
  })

/** The log still has what the database did not take: the node goes on, and then the power is cut. */
async function failInCheckpoint(power: Power, victim: Victim, bites: Bites): Promise<string[]> {
  power.order('eio', '.db')
  const until = performance.now() + CHECKPOINT_MS
  while (!power.isObeyed() && performance.now() < until) await Bun.sleep(20)
  if (power.isObeyed()) bites.survived++
  power.undoOrder()
  victim.signal('SIGKILL')
  const how = await victim.ended
  return how === 'SIGKILL' ? [] : [`after a failed checkpoint it ended with ${how}`]
}

const ENDS_MS = 3000

/** A checkpoint syncs the log too: that one is not the end, and the next is failed. */
async function failUntilItEnds(power: Power, victim: Victim, bites: Bites): Promise<string[]> {
  for (let attempt = 0; attempt < 5; attempt++) {
    power.order('eio', '-wal')
    const how = await Promise.race([victim.ended, Bun.sleep(ENDS_MS)])
    if (how === 1) return []
    if (how !== undefined) return [`after a failed sync it ended with ${how}`]
    if (!power.isObeyed()) break
    bites.survived++
  }
  power.undoOrder()
  victim.signal('SIGKILL')
  await victim.ended
  return ['it did not end after failed syncs']
}

export interface Proof {
  /** Acknowledged, and not there after the power was cut. */
  lost: number
  acked: number
  /** Files that are not as the journal says: the shim was passed by. */
  missed: string[]
}

/** One round by hand: a node that loses everything does not come back for the checker's own rounds. */
export const loseOnce = (command: string[], seed: number): Promise<Proof> =>
  withPower(async (power) => {
    const victim = createVictim(command)
    try {
      await victim.start(power.env)
      const world = await settle(victim.ground, newHistory(), dice(seed))
      const load = startLoad(world)
      await Bun.sleep(1000)
      victim.signal('SIGKILL')
      await victim.ended
      stopWorld(world)
      void load.end() // what found no answer is left without one
      const missed = power.missed(victim.dataDir)
      power.cut(victim.dataDir, () => 'dropped')
      const acked = world.history.ops.filter(({ outcome }) => outcome === 'ok').length
      world.history.stored = await world.truth.chats(allChats(world)).catch(() => [])
      return { lost: findLost(world.history).length, acked, missed }
    } finally {
      await victim.bury()
    }
  })

async function withPower<T>(work: (power: Power) => Promise<T>): Promise<T> {
  const power = openPower()
  if (power === null) throw new Error('gcc is not there: it compiles the shim')
  try {
    return await work(power)
  } finally {
    power.remove()
  }
}

/** A tree whose commits do not wait for the disk, which no setting can bring about: it has to lose. */
export const plantNormal = (): PatchedTree =>
  plant([
    {
      path: 'src/platform/db/db.sqlite.ts',
      text: '  requireDurable(connection)\n  return connection\n',
      becomes:
        "  requireDurable(connection)\n  connection.run('pragma synchronous = normal')\n  return connection\n",
    },
  ])

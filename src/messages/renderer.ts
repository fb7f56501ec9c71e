import type { Rendered } from './render.ts'

/**
 * Of the processor, counted from when the worker takes the text: not while it starts, is busy with another, or the
 * machine gives it no turn. What stays plain then stays so for good.
 */
const KILL_AFTER_MS = 100
/** On a machine that gives it no turn at all. */
const LONGEST_MS = 2_000
const START_WITHIN_MS = 5_000
/** A worker with nothing to do is memory for nothing. */
const IDLE_MS = 60_000
/** Behind this many waiting texts the next one stays plain: a flood of them must not become a queue of seconds. */
const MOST_WAITING = 32

interface Job {
  content: string
  killAfterMs: number
  done: (rendered: Rendered | null) => void
}

const waiting: Job[] = []
let worker: Worker | null = null
let isReady = false
let current: Job | null = null
let timer: ReturnType<typeof setTimeout> | undefined

/** Null when it took too long, or could not be done at all. In order: one text at a time. */
export function renderElsewhere(content: string, killAfterMs = KILL_AFTER_MS): Promise<Rendered | null> {
  if (waiting.length >= MOST_WAITING) return Promise.resolve(null)
  const { promise, resolve } = Promise.withResolvers<Rendered | null>()
  waiting.push({ content, killAfterMs, done: resolve })
  next()
  return promise
}

function next(): void {
  if (current !== null) return
  if (waiting.length > 0 && worker === null) return start()
  if (worker === null || !isReady) return
  const job = waiting.shift()
  if (job === undefined) return rest()
  current = job
  giveTime(job.killAfterMs, { wall: performance.now(), cpu: process.cpuUsage() })
  worker.postMessage(job.content)
}

interface Since {
  wall: number
  cpu: NodeJS.CpuUsage
}

function giveTime(ms: number, since: Since): void {
  wait(ms, () => {
    const { user, system } = process.cpuUsage(since.cpu)
    const isOver = hadItsTime(ms, { cpuMs: (user + system) / 1000, wallMs: performance.now() - since.wall })
    if (isOver) end(null)
    else giveTime(ms, since)
  })
}

/** The process's time stands for the worker's, which cannot be asked: it is never less. */
export const hadItsTime = (ms: number, { cpuMs, wallMs }: { cpuMs: number; wallMs: number }): boolean =>
  cpuMs >= ms || wallMs >= LONGEST_MS

function start(): void {
  const mine = new Worker(workerAddress(), { ref: false })
  worker = mine
  mine.onmessage = ({ data }: MessageEvent<Rendered | 'ready'>) => {
    if (worker !== mine) return
    if (data === 'ready') isReady = true
    else finish(data)
    next()
  }
  mine.onerror = (event) => {
    event.preventDefault()
    if (worker === mine) end(null)
  }
  wait(START_WITHIN_MS, () => end(null))
}

/** The worker is lost, and with it what it was at; if it never started, everything that waits for it. */
function end(rendered: Rendered | null): void {
  const lost = isReady ? [] : waiting.splice(0)
  stop()
  finish(rendered)
  for (const job of lost) job.done(null)
  next()
}

function finish(rendered: Rendered | null): void {
  clearTimeout(timer)
  const job = current
  current = null
  job?.done(rendered)
}

function rest(): void {
  if (worker !== null) wait(IDLE_MS, stop)
}

function stop(): void {
  clearTimeout(timer)
  worker?.terminate()
  worker = null
  isReady = false
}

function wait(ms: number, then: () => void): void {
  clearTimeout(timer)
  timer = setTimeout(then, ms)
  timer.unref()
}

/** Under `root: src` of the build; beside this file otherwise. */
const workerAddress = (): string =>
  Bun.isStandaloneExecutable
    ? './messages/markdown.worker.ts'
    : new URL('./markdown.worker.ts', import.meta.url).href

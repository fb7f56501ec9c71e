import { numberOfDFGCompiles } from 'bun:jsc'
import { readFileSync } from 'node:fs'
import type { Io } from '../command.ts'
import { bad, type Finding, ok, warn } from './finding.ts'

/** What the engine answers when it has no compiler, so that tests which wait for one end. */
const WITHOUT_COMPILER = 1_000_000

/** `MemoryDenyWriteExecute=yes` in a unit switches the compiler off without a word, and all becomes ten times slower. */
export function checkCompiler(): Finding {
  const hot = (count: number) => {
    let sum = 0
    for (let i = 0; i < count; i++) sum = (sum * 31 + i) | 0
    return sum
  }
  for (let i = 0; i < 5_000 && numberOfDFGCompiles(hot) === 0; i++) hot(1_000)
  const compiles = numberOfDFGCompiles(hot)
  if (compiles > 0 && compiles < WITHOUT_COMPILER)
    return ok('compiler', 'JavaScript is compiled to machine code')
  return bad(
    'compiler',
    'JavaScript is interpreted: the node would be about ten times slower',
    'remove MemoryDenyWriteExecute=yes from the unit, and BUN_JSC_useJIT from the environment',
  )
}

/** Variables that turn the executable into something else, or run code in it. */
const DANGEROUS = ['BUN_BE_BUN', 'BUN_OPTIONS', 'BUN_INSPECT', 'BUN_INSPECT_CONNECT_TO']

export function checkEnvironment(env: Io['env']): Finding {
  const set = DANGEROUS.filter((name) => env[name])
  if (set.length === 0) return ok('environment', 'nothing in it changes what the executable is')
  return bad(
    'environment',
    `${set.join(', ')} would change what the executable does`,
    `unset ${set.join(' ')}`,
  )
}

const ENOUGH_FILES = 65_536

export function checkFileLimit(): Finding {
  const limit = readFileLimit()
  if (limit === null)
    return warn('open files', 'the limit cannot be read here', 'make sure it is 65536 or more')
  if (limit >= ENOUGH_FILES) return ok('open files', `${limit} at most`)
  const fix = 'set LimitNOFILE=262144 in the unit, or run "ulimit -n 65536" before'
  return warn('open files', `${limit} at most: every person who is connected needs one or more`, fix)
}

function readFileLimit(): number | null {
  try {
    const [, limit] = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return limit === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(limit) || null
  } catch {
    return null
  }
}

import { readTree } from './tree.ts'

/** As much of docker-compose.yml as ours uses. */
export interface Compose {
  services: Record<string, Service>
  volumes: object
  secrets: Record<string, { file: string }>
  configs: object
  networks: Record<string, { internal?: boolean } | null>
}

export interface Service {
  image: string
  build?: string | { target?: string }
  profiles?: string[]
  environment?: Record<string, string>
  volumes?: string[]
  configs?: { source: string }[]
  secrets?: string[]
  ports?: string[]
  depends_on?: string[] | Record<string, { condition: string }>
  healthcheck?: { test?: string[]; disable?: boolean }
  networks?: string[] | Record<string, { ipv4_address: string }>
  [other: string]: unknown
}

export const composeText = readTree('docker-compose.yml')
export const compose = Bun.YAML.parse(composeText) as Compose
export const services = Object.entries(compose.services)
export const ours = services.filter(([, { image }]) => image.startsWith('warren:'))

/** The names in a list, or the keys where more is said of each. */
export const namesIn = (named: readonly string[] | object = []): string[] =>
  Array.isArray(named) ? [...named] : Object.keys(named)

/**
 * The services that `docker compose …` starts, sorted: those named and all that they wait for, or, with none named, all
 * that have no profile or one that is asked for. Throws where compose refuses: a service is waited for whose profile
 * nobody asked for.
 */
export function startedBy(command: string): string[] {
  const { profiles, named, isAlone } = readCommand(command)
  // Whoever names a service asks for its profile too.
  const asked = new Set([...profiles, ...named.flatMap((name) => compose.services[name]?.profiles ?? [])])
  const isAsked = ({ profiles: its }: Service) => its === undefined || its.some((each) => asked.has(each))
  const started = new Set<string>()
  const start = (name: string): void => {
    const service = compose.services[name]
    if (service === undefined || !isAsked(service)) throw new Error(`no such service: ${name}`)
    if (started.has(name)) return
    started.add(name)
    if (!isAlone) namesIn(service.depends_on).forEach(start)
  }
  const all = services.filter(([, service]) => isAsked(service)).map(([name]) => name)
  ;(named.length > 0 ? named : all).forEach(start)
  return [...started].sort()
}

function readCommand(command: string): { profiles: string[]; named: string[]; isAlone: boolean } {
  const words = command.split(' ')
  const profiles = words.filter((_, at) => words[at - 1] === '--profile')
  const verb = words.findIndex((word) => word === 'up' || word === 'run')
  if (verb < 0) throw new Error(`starts nothing: ${command}`)
  const given = words.slice(verb + 1)
  const named = given.filter((word) => !word.startsWith('-'))
  return { profiles, named, isAlone: given.includes('--no-deps') }
}

import { type Config, ConfigError } from '../config.ts'
import { type Call, type Command, EXIT } from './command.ts'
import { checkAddress } from './doctor/address.ts'
import { checkDatabase } from './doctor/database.ts'
import { bad, type Finding, ok, warn } from './doctor/finding.ts'
import { checkFolder } from './doctor/folder.ts'
import { checkCompiler, checkEnvironment, checkFileLimit } from './doctor/machine.ts'
import { checkBaseUrl, checkMail } from './doctor/network.ts'
import { checkOperators } from './doctor/operators.ts'
import { checkRedis } from './doctor/redis.ts'

export const doctor: Command = {
  usage: '[--json]',
  example: 'warren doctor',
  details: ['--json  {healthy, findings}', 'Changes nothing. Exit code 6 when something is wrong.'],
  options: { json: { type: 'boolean' } },
  async run(call) {
    const findings = await examine(call)
    const healthy = findings.every(({ state }) => state !== 'fail')
    if (call.options.json) call.io.out(JSON.stringify({ healthy, findings }, null, 2))
    else for (const finding of findings) show(finding, call)
    return healthy ? EXIT.ok : EXIT.unhealthy
  },
}

async function examine({ io, settings }: Call): Promise<Finding[]> {
  const machine = [checkCompiler(), checkEnvironment(io.env), checkFileLimit()]
  try {
    const { config, warnings } = settings()
    const strays = warnings.map((warning) => warn('settings', warning, 'mend the name or remove it'))
    return [...machine, ok('settings', 'every value is fine'), ...strays, ...(await examineNode(config))]
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return [
      ...machine,
      ...error.problems.map((problem) => bad('settings', problem, 'see "warren config example"')),
    ]
  }
}

const examineNode = async (config: Config): Promise<Finding[]> => [
  ...checkFolder(config),
  ...(await checkDatabase(config)),
  ...(await checkRedis(config)),
  await checkAddress(config),
  ...(await checkOperators(config)),
  checkBaseUrl(config),
  ...(await checkMail(config)),
]

const COLORS = { ok: 32, warn: 33, fail: 31 }

function show({ check, state, reason, fix }: Finding, { io }: Call): void {
  const word = state.padEnd(4)
  io.out(`${io.color ? `\u001b[${COLORS[state]}m${word}\u001b[0m` : word}  ${check}: ${reason}`)
  if (fix) io.out(`      → ${fix}`)
}

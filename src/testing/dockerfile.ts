/** One line of a Dockerfile, continued ones joined. */
export interface Instruction {
  /** The name of its stage; the last, which has none, is `final`. */
  stage: string
  name: string
  value: string
}

/** As much of the format as ours uses: no heredocs, no escapes. */
export function parseDockerfile(text: string): Instruction[] {
  const lines = text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
  let stage = ''
  return lines.map((line) => {
    const [, name = '', value = ''] = /^([A-Z]+) +(.*)$/.exec(line) ?? []
    if (name === '') throw new Error(`not an instruction: ${line}`)
    if (name === 'FROM') stage = / AS (\w+)$/.exec(value)?.[1] ?? 'final'
    return { stage, name, value }
  })
}

/** The values of one kind of instruction of a stage, in order. */
export const valuesOf = (file: readonly Instruction[], stage: string, name: string): string[] =>
  file.filter((each) => each.stage === stage && each.name === name).map(({ value }) => value)

import { docsTable, envExample } from './write.ts'

const START = '<!-- settings: written by `bun src/config/generate.ts` -->\n'
const END = '<!-- end of settings -->'
const root = new URL('../../', import.meta.url).pathname

/** The files that are made from the schema, as they are and as they should be. */
export async function generated(): Promise<{ path: string; is: string; should: string }[]> {
  const docs = await readText(`${root}docs/configure.md`)
  const [before = '', rest = ''] = docs.split(START)
  const [, after = ''] = rest.split(END)
  return [
    { path: `${root}.env.example`, is: await readText(`${root}.env.example`), should: envExample() },
    {
      path: `${root}docs/configure.md`,
      is: docs,
      should: `${before}${START}\n${docsTable()}\n\n${END}${after}`,
    },
  ]
}

async function readText(path: string): Promise<string> {
  const file = Bun.file(path)
  return (await file.exists()) ? file.text() : ''
}

if (import.meta.main) {
  for (const { path, should } of await generated()) await Bun.write(path, should)
}

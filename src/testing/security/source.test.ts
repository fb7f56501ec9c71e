import { expect, test } from 'bun:test'
import { isSource, isTest, readTree, treeFiles } from '../tree.ts'

// Ways in that a reader of the source would look for first.

const program = treeFiles().filter(
  (path) => isSource(path) && !isTest(path) && !path.startsWith('src/testing/'),
)

/** `path: line` where the pattern stands outside of these places. */
function findings(pattern: RegExp, but: RegExp): string[] {
  return program
    .filter((path) => !but.test(path))
    .flatMap((path) =>
      readTree(path)
        .split('\n')
        .filter((line) => pattern.test(line) && !/^\s*(\/\/|\*|\/\*)/.test(line))
        .map((line) => `${path}: ${line.trim()}`),
    )
}

test('SQL is written in templates alone, where every value is a parameter (S-24)', () => {
  // A call with parentheses would take a text; the databases' own doors are behind the port. Whoever copies whole
  // tables names them, and their columns, as our own migrations do: `platform/keeping/tables.ts`.
  expect(findings(/\b(sql|read)\((?!sql\b)['"`]/, /^$/)).toEqual([])
  expect(
    findings(
      /\.(unsafe|exec|prepare|query)\(['"`$\w]/,
      /^src\/(platform\/(db|keeping)\/|commands\/version)/,
    ).filter((found) => /sql|db\b|database/i.test(found.split(': ')[1] ?? '')),
  ).toEqual([])
  expect(
    findings(/from '(bun:sqlite|postgres)'/, /^src\/(platform\/(db|keeping)\/|commands\/(doctor\/|version))/),
  ).toEqual([])
  // `sql.rows` is made of parameters, like `sql.list`.
  // Nothing is put together: neither a name in quotes of its own nor a text joined to a template.
  expect(findings(/sql`[^`]*`\s*\+|\+\s*sql`/, /^$/)).toEqual([])
  expect(
    findings(
      /order by \$\{|from \$\{(?!sql\.rows\()|limit '\$\{|'\$\{[^}]*\}'.*\b(where|select)\b/,
      /^src\/platform\/(db|keeping)\//,
    ),
  ).toEqual([])
})

test('HTML is written raw in three places only, and nothing makes code of text (S-25, S-50)', () => {
  const raw = findings(
    /\braw\(|dangerouslySetInnerHTML|\.innerHTML\s*=|insertAdjacentHTML|outerHTML\s*=|document\.write/,
    /^$/,
  )

  expect(raw.map((found) => found.split(':')[0])).toEqual([
    'views/Island.tsx',
    'views/Layout.tsx',
    'views/islands/Message.tsx',
  ])
  expect(findings(/\beval\(|new Function\(|setTimeout\(['"`]|javascript:/, /^$/)).toEqual([])
  expect(findings(/hx-on|hx-vals="js|hx-headers="js|\bstyle=\{?["{]/, /^$/)).toEqual([])
})

test('tokens are kept out of what scripts can read, and random words come from a good source (S-03, S-51)', () => {
  expect(findings(/(localStorage|sessionStorage)\b.*(token|password)/i, /^$/)).toEqual([])
  expect(findings(/document\.cookie.*warren/i, /^$/)).toEqual([])
  // Waits and spreads only: what must not be guessed is made by `newToken` and `newId`.
  const random = findings(/Math\.random/, /^src\/(client|platform\/(db|jobs|realtime|redis))\//)
  expect(random).toEqual([])
})

test('the check itself sees what must not be there', () => {
  expect(/\b(sql|read)\((?!sql\b)['"`]/.test('await sql("select 1")')).toBe(true)
  expect(/order by \$\{/.test('order by $' + '{column}')).toBe(true)
})

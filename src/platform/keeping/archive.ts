import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib'
import { createTarDecoder, createTarPacker } from 'modern-tar'
import { settleFile, settleFolder } from './files.ts'

/** A file within an archive, small enough for memory. */
export interface Part {
  name: string
  bytes: Uint8Array
}

/** What is no archive of ours, or a damaged one. Its message is for the person who holds it. */
export class BadArchive extends Error {
  readonly code = 'BAD_ARCHIVE'
}

/** Named and written as `sha256sum -c` reads it. */
const SUMS = 'SHA256SUMS'
/** The strongest that keeps up with one disk; more costs minutes and saves a few per cent. */
const LEVEL = 6

/**
 * Packs the parts into `path`, a `.tar.zst` for its owner only, with the hash of each at its end. As they come: memory
 * holds one of them. Whole and on disk under its name, or not there under it.
 */
export async function writeArchive(path: string, parts: AsyncIterable<Part>): Promise<void> {
  const partial = `${path}.partial`
  rmSync(partial, { force: true })
  try {
    const { readable, controller } = createTarPacker()
    const writing = pipeline(
      Readable.fromWeb(readable as never),
      createZstdCompress({
        params: { [constants.ZSTD_c_compressionLevel]: LEVEL, [constants.ZSTD_c_checksumFlag]: 1 },
      }),
      createWriteStream(partial, { mode: 0o600 }),
    )
    await Promise.all([pack(controller, parts), writing])
    settleFile(partial)
    renameSync(partial, path)
    settleFolder(dirname(path))
  } catch (error) {
    rmSync(partial, { force: true })
    throw error
  }
}

type Packer = ReturnType<typeof createTarPacker>['controller']

async function pack(controller: Packer, parts: AsyncIterable<Part>): Promise<void> {
  try {
    const sums: string[] = []
    for await (const part of parts) {
      sums.push(`${hashOf(part.bytes)}  ${part.name}\n`)
      await add(controller, part)
    }
    await add(controller, { name: SUMS, bytes: Buffer.from(sums.join('')) })
    controller.finalize()
  } catch (error) {
    controller.error(error)
    throw error
  }
}

async function add(controller: Packer, { name, bytes }: Part): Promise<void> {
  const header = { name, size: bytes.length, type: 'file', mode: 0o600, mtime: new Date() } as const
  const entry = controller.add(header).getWriter()
  await entry.write(bytes)
  await entry.close()
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/**
 * The parts of an archive, one after another. Only at the end is it known that all were there and whole: then it
 * throws `BadArchive`, or ends.
 */
export async function* readArchive(path: string): AsyncGenerator<Part> {
  const sums: string[] = []
  let listed: string | null = null
  for await (const part of entriesOf(path)) {
    if (listed !== null) throw new BadArchive(`${path} goes on behind its end.`)
    if (part.name === SUMS) {
      listed = new TextDecoder().decode(part.bytes)
      continue
    }
    sums.push(`${hashOf(part.bytes)}  ${part.name}\n`)
    yield part
  }
  if (listed === null) throw new BadArchive(`${path} is cut off: its end is missing.`)
  if (listed !== sums.join('')) throw new BadArchive(`${path} is damaged: ${firstDamaged(listed, sums)}.`)
}

function firstDamaged(listed: string, sums: readonly string[]): string {
  const wanted = new Set(listed.split('\n').map((line) => `${line}\n`))
  const wrong = sums.find((line) => !wanted.has(line))?.slice(66, -1)
  return wrong === undefined ? 'a part is missing' : `${wrong} is not what was written`
}

async function* entriesOf(path: string): AsyncGenerator<Part> {
  const file = createReadStream(path)
  const plain = createZstdDecompress()
  file.on('error', (error) => plain.destroy(error))
  const tar = Readable.toWeb(file.pipe(plain)) as unknown as ReadableStream<Uint8Array>
  const entries = tar.pipeThrough(createTarDecoder({ strict: true }) as never) as ReadableStream<{
    header: { name: string }
    body: ReadableStream<Uint8Array>
  }>
  try {
    for await (const { header, body } of entries) {
      yield { name: header.name, bytes: new Uint8Array(await new Response(body).arrayBuffer()) }
    }
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') throw new BadArchive(`${path} is not there.`)
    throw new BadArchive(`${path} cannot be read as a backup (${(error as Error).message}).`)
  } finally {
    file.destroy()
  }
}

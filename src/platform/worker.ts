/**
 * The address of a worker thread's file: `workerUrl('platform/db/checkpoint')` is
 * `src/platform/db/checkpoint.worker.ts`. In the executable modules are joined, so a path beside `import.meta.url`
 * would lead nowhere: there the file is found by its place below `src`.
 */
export function workerUrl(name: string): string {
  return Bun.isStandaloneExecutable
    ? `${import.meta.dir}/${name}.worker.js`
    : new URL(`../${name}.worker.ts`, import.meta.url).href
}

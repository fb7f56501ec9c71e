import { describe, expect, test } from 'bun:test'
import { openTestApp } from '../testing/app.ts'
import { enrol, signIn } from '../testing/cast.ts'
import { engines } from '../testing/engines.ts'
import { countActiveUsers } from './index.ts'

describe.each(engines)('active people on %s', (_, fresh) => {
  test('somebody counts once, however many sessions they have, for as long as one was used', async () => {
    const { app, later, close } = await openTestApp(fresh())
    const [ann, bo] = [await enrol(app, 'ann'), await enrol(app, 'bo')]
    const counts = async () => (await countActiveUsers(app)).map(({ window, users }) => `${window} ${users}`)
    const days = (count: number): void => later(count * 24 * 3600_000)

    await signIn(app, ann)
    await signIn(app, ann)
    expect(await counts()).toEqual(['1d 1', '7d 1', '30d 1'])
    days(3)
    await signIn(app, bo)
    expect(await counts()).toEqual(['1d 1', '7d 2', '30d 2'])
    days(10)
    expect(await counts()).toEqual(['1d 0', '7d 0', '30d 2'])
    days(20)
    expect(await counts()).toEqual(['1d 0', '7d 0', '30d 1'])
    await close()
  })
})

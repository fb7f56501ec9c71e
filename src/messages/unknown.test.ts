import { expect, test } from 'bun:test'
import { openPostgres } from '../platform/db/db.postgres.ts'
import { COMMIT, startProxy } from '../testing/cluster/proxy.ts'
import { freshPostgres } from '../testing/databases.ts'
import { hasPostgres } from '../testing/postgres.ts'
import { openScene } from './scene.ts'
import { sendMessage } from './send.ts'

if (hasPostgres)
  test('a send whose commit was never answered is refused, told to nobody, and its repeat finds the one row (C1, C2, F14)', async () => {
    const fresh = await freshPostgres()
    const proxy = await startProxy({ port: Number(new URL(fresh.path).port) })
    const db = await openPostgres(proxy.via(fresh.path))
    const scene = await openScene(async () => ({ ...fresh, db }))
    const { app, ann, tea } = scene
    scene.heard()
    for (let round = 1; round <= 20; round++) {
      const draft = scene.draft(`round ${round}`)
      proxy.cutAfter(COMMIT)
      await expect(sendMessage(app, ann, draft)).rejects.toMatchObject({ code: 'unavailable' })
      proxy.cutAfter(null)
      expect(scene.heard()).toEqual([])

      const again = await sendMessage(app, ann, draft)
      const rows = await fresh.db.read`select seq, content from messages where client_id = ${draft.clientId}`
      expect(rows).toEqual([{ seq: again.message.seq, content: draft.content }])
    }

    const { count } = (
      await fresh.db.read<{ count: number }>`
      select count(*) as count from messages where chat_id = ${tea} and kind = 'text'`
    )[0] as { count: number }
    expect([proxy.cuts, count]).toEqual([20, 20])
    await scene.close()
    await db.close()
    await proxy.close()
  })

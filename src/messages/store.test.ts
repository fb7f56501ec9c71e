import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { type Id, newId } from '../platform/ids.ts'
import { changeChat } from '../chats/index.ts'
import { engines } from '../testing/engines.ts'
import { idOf, openScene, type Scene } from './scene.ts'
import { sendMessage } from './send.ts'

/** Somebody says something; the same `which` is the same client id. */
interface Saying {
  who: 'ann' | 'bo' | 'cy'
  which: number
  content: string
  replies: 'to nothing' | 'to the first' | 'to nowhere'
}

const saying: fc.Arbitrary<Saying> = fc.record({
  who: fc.constantFrom('ann', 'bo', 'bo', 'cy'),
  which: fc.nat(12),
  content: fc.constantFrom('tea?', 'tea!', 'tea, @ann and @cy'),
  replies: fc.constantFrom('to nothing', 'to nothing', 'to nothing', 'to the first', 'to nowhere'),
})

/** What became of each, without what is new in every chat. */
async function sayIn(scene: Scene, sayings: readonly Saying[], isAtOnce: boolean) {
  const chatId = await scene.chat({ kind: 'group', name: 'Tea', memberIds: [scene.bo] })
  const first = idOf(await scene.says(scene.ann, 'the first', { chatId }))
  const clientIds = new Map<number, string>()
  const say = ({ who, which, content, replies }: Saying) => {
    const clientId = clientIds.get(which) ?? newId<'client'>()
    clientIds.set(which, clientId)
    const replyTo = replies === 'to nothing' ? null : replies === 'to the first' ? first : newId<'message'>()
    return sendMessage(scene.app, scene[who], { chatId, clientId, content, replyTo }).then(
      ({ created, message }) => ({ created, seq: message.seq, rev: message.rev, content: message.content }),
      (refusal: { reason: string }) => refusal.reason,
    )
  }
  const outcomes: unknown[] = []
  if (isAtOnce) outcomes.push(...(await Promise.all(sayings.map(say))))
  else for (const each of sayings) outcomes.push(await say(each))
  return { outcomes, ...(await whatIsStored(scene, chatId)) }
}

async function whatIsStored({ app }: Scene, chatId: Id<'chat'>) {
  const { read } = app.db
  return {
    head: await read`select rev, last_seq from chats where id = ${chatId}`,
    rows: await read`select seq, rev, sender_id, content, mentions from messages where chat_id = ${chatId} order by seq`,
    marks: await read`select user_id, last_read_seq from members where chat_id = ${chatId} order by user_id`,
    mentions: await read`select target, seq from mentions where chat_id = ${chatId} order by seq, target`,
  }
}

for (const [engine, fresh] of engines) {
  test(`what is said at once is judged and stored as if it were said one by one (${engine}; C2, C4)`, async () => {
    const scene = await openScene(fresh)
    await fc.assert(
      fc.asyncProperty(fc.array(saying, { minLength: 1, maxLength: 20 }), async (sayings) => {
        // Texts without markup keep the order of the calls among all senders.
        const plain = sayings.map((each) => ({ ...each, content: each.content.replaceAll('@', '') }))
        expect(await sayIn(scene, plain, true)).toEqual(await sayIn(scene, plain, false))
      }),
      { numRuns: 25 },
    )
    await scene.close()
  })

  test(`what names somebody is told of among others said at once (${engine})`, async () => {
    const scene = await openScene(fresh)
    const said = await Promise.all(
      ['one', 'two for @bo', 'three'].map((content) => scene.says(scene.ann, content)),
    )
    const { mentions, head } = await whatIsStored(scene, scene.tea)

    expect(said.map((message) => message.mentions)).toEqual([[], [scene.bo], []])
    expect(mentions).toEqual([{ target: scene.bo, seq: said[1]?.seq }])
    expect(head).toEqual([{ rev: said[2]?.rev, last_seq: said[2]?.seq }])
    await scene.close()
  })

  test(`the other side hears of a direct chat once, as it is with its first message (${engine})`, async () => {
    const scene = await openScene(fresh)
    const chatId = await scene.chat({ kind: 'direct', memberIds: [scene.bo] })
    await Promise.all(['one', 'two', 'three'].map((content) => scene.says(scene.ann, content, { chatId })))
    const created = scene.told.filter(({ frame }) => frame?.type === 'chat_created')

    expect(created).toHaveLength(1)
    expect(created[0]?.frame?.data).toMatchObject({ chat: { last_seq: 1 } })
    await scene.close()
  })

  test(`an archived chat refuses all that is new at once, and knows a repeat among it (${engine})`, async () => {
    const scene = await openScene(fresh)
    const known = scene.draft('last words')
    await sendMessage(scene.app, scene.ann, known)
    await changeChat(scene.app, scene.ann, { chatId: scene.tea, archived: true })

    const outcomes = await Promise.allSettled(
      [scene.draft('more'), known, scene.draft('and more')].map((draft) =>
        sendMessage(scene.app, scene.ann, draft),
      ),
    )

    expect(outcomes[0]).toMatchObject({ reason: { reason: 'archived' } })
    expect(outcomes[1]).toMatchObject({ value: { created: false, message: { content: 'last words' } } })
    expect(outcomes[2]).toMatchObject({ reason: { reason: 'archived' } })
    await scene.close()
  })
}

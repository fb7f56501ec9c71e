/** @jsxImportSource preact */
import { useLayoutEffect, useRef } from 'preact/hooks'
import { keysEn } from '../../src/texts/keys.en.ts'
import { keysRu } from '../../src/texts/keys.ru.ts'
import { Icon, useHere } from './kit.ts'

type Name = keyof typeof keysEn

const isApple = /Mac|iPhone|iPad/.test(navigator.platform)
const CTRL = isApple ? '⌘' : 'Ctrl'
const ALT = isApple ? '⌥' : 'Alt'

/** Every key there is, by where it acts; a space is between keys that are held together. */
const ALL: [Name, [Name, ...string[]][]][] = [
  [
    'page',
    [
      ['switch', `${CTRL} K`],
      ['neighbour', `${ALT} ↑`, `${ALT} ↓`],
      ['unread', `${ALT} Shift ↑`, `${ALT} Shift ↓`],
      ['region', 'F6', 'Shift F6'],
      ['read', 'Esc'],
      ['help', `${CTRL} /`, '?'],
    ],
  ],
  [
    'writing',
    [
      ['send', 'Enter'],
      ['line', 'Shift Enter'],
      ['last', '↑'],
    ],
  ],
  [
    'message',
    [
      ['move', '↑', '↓'],
      ['tools', 'Enter'],
      ['reply', 'R'],
      ['edit', 'E'],
      ['react', 'A'],
      ['pin', 'P'],
      ['link', 'C'],
      ['markUnread', 'U'],
      ['delete', 'Delete'],
    ],
  ],
]

/** What can be done without a mouse. */
export function Keys({ onClose }: { onClose(): void }) {
  const { locale } = useHere()
  const dialog = useRef<HTMLDialogElement>(null)
  const words = locale === 'ru' ? keysRu : keysEn
  useLayoutEffect(() => {
    dialog.current?.setAttribute('closedby', 'any')
    dialog.current?.showModal()
  }, [])
  return (
    <dialog ref={dialog} class="dialog keys" aria-label={words.title} onClose={onClose}>
      <div class="dialog-head">
        <h2>{words.title}</h2>
        <button
          class="icon-button"
          type="button"
          aria-label={words.close}
          onClick={() => dialog.current?.close()}
        >
          <Icon name="close" />
        </button>
      </div>
      {ALL.map(([part, keys]) => (
        <section key={part} class="dialog-body">
          <h3>{words[part]}</h3>
          <dl>
            {keys.map(([what, ...ways]) => (
              <div key={what}>
                <dt>{words[what]}</dt>
                {ways.map((way) => (
                  <dd key={way}>
                    {way.split(' ').map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dd>
                ))}
              </div>
            ))}
          </dl>
        </section>
      ))}
    </dialog>
  )
}

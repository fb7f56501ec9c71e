/** @jsxImportSource preact */
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { editMessage, type MessageWire, notify, Refused } from '../../src/client/index.ts'
import { isSendKey, useActs, useHere } from './kit.ts'

const inComposer = '#composer textarea'

/** A message's text where it stands, to be changed. Escape leaves it as it was; one goes on where one began it. */
export function EditBox({ row }: { row: MessageWire }) {
  const { words, explain } = useHere()
  const { endEdit } = useActs()
  const [isSaving, setSaving] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)

  const isFromComposer = useRef(false)

  function end(): void {
    endEdit(row)
    if (isFromComposer.current) document.querySelector<HTMLElement>(inComposer)?.focus()
  }

  // At once: until it has the focus, letters still act on the message.
  useLayoutEffect(() => {
    const { current } = field
    isFromComposer.current = document.activeElement?.matches(inComposer) === true
    current?.focus()
    current?.setSelectionRange(current.value.length, current.value.length)
  }, [])

  async function save(): Promise<void> {
    const text = field.current?.value ?? ''
    if (text.trim() === '' || isSaving) return
    setSaving(true)
    try {
      if (text !== row.content) await editMessage(row.id, text)
      end()
    } catch (error) {
      notify(await explain(error instanceof Refused ? error.reason : null), true)
      setSaving(false)
    }
  }

  function press(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      event.preventDefault()
      event.stopPropagation()
      end()
    } else if (isSendKey(event)) {
      event.preventDefault()
      void save()
    }
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <textarea
        ref={field}
        rows={1}
        dir="auto"
        aria-label={words.edit.label}
        defaultValue={row.content}
        onKeyDown={press}
      />
      <div class="composer-row">
        <span class="composer-gap" />
        <button class="button small quiet" type="button" onClick={() => end()}>
          {words.edit.cancel}
        </button>
        <button class="button small" type="submit" disabled={isSaving}>
          {words.edit.save}
        </button>
      </div>
    </form>
  )
}

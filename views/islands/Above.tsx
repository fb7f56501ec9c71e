/** @jsxImportSource preact */
import { assertive, dismiss, notices, polite } from '../../src/client/index.ts'
import { Jump } from './Jump.tsx'
import { Icon, useHere } from './kit.ts'
import { Tooltip } from './Tooltip.tsx'

/** What stands above every page: what is read out, notices, the words of signs, and the switcher. */
export function Above() {
  const { alive } = useHere()
  return (
    <>
      <div class="hidden-text" aria-live="polite">
        {alive ? polite.value : ''}
      </div>
      <div class="hidden-text" aria-live="assertive">
        {alive ? assertive.value : ''}
      </div>
      <div class="toasts">{alive && <Toasts />}</div>
      {alive && <Tooltip />}
      <Jump />
    </>
  )
}

function Toasts() {
  const { words } = useHere()
  return (
    <>
      {notices.value.map(({ id, text, isError }) => (
        <div key={id} class={isError ? 'toast error' : 'toast'} role={isError ? 'alert' : 'status'}>
          {isError && <Icon name="alert" />}
          {text}
          <button type="button" onClick={() => dismiss(id)} aria-label={words.switcher.close}>
            <Icon name="close" small />
          </button>
        </div>
      ))}
    </>
  )
}

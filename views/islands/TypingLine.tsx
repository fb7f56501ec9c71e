/** @jsxImportSource preact */
import { typists } from '../../src/client/index.ts'
import { useHere } from './kit.ts'

/** Who types, in a place that is always there, so that nothing moves. */
export function TypingLine({ chatId }: { chatId: string }) {
  const { words, fill, alive } = useHere()
  const names = alive ? [...(typists.value.get(chatId)?.values() ?? [])].map(({ name }) => name) : []
  if (names.length === 0) return <p class="typing" />
  const [a = '', b = '', c = ''] = names
  const text =
    names.length > 3
      ? words.typing.many
      : [words.typing.one, words.typing.two, words.typing.three][names.length - 1]
  return (
    <p class="typing">
      <svg viewBox="0 0 20 8" aria-hidden="true">
        <circle cx="3" cy="4" r="2" />
        <circle cx="10" cy="4" r="2" />
        <circle cx="17" cy="4" r="2" />
      </svg>
      <span dir="auto">{fill(text ?? '', { a, b, c })}</span>
    </p>
  )
}

/** @jsxImportSource preact */
import { Face, Icon, useHere } from './kit.ts'
import { LIST, type Mentions } from './useMentions.ts'

/** Who can be named: options of the combobox that the text field is meanwhile. */
export function MentionList({ mentions: { choices, at, choose } }: { mentions: Mentions }) {
  const { words } = useHere()
  if (choices.length === 0) return null
  return (
    <div class="mention-list" id={LIST} role="listbox" aria-label={words.composer.mentionList}>
      {choices.map((choice, index) => (
        <div
          key={choice.name}
          class="option"
          id={`${LIST}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === at}
          onMouseDown={(event) => {
            event.preventDefault() // the text field keeps the focus
            choose(choice)
          }}
        >
          <span class="option-icon">
            {choice.person === null ? (
              <Icon name="people" />
            ) : (
              <Face person={choice.person} size="small" here />
            )}
          </span>
          <span class="option-name">@{choice.name}</span>
          <span class="option-note">{choice.note}</span>
          <span class="option-end" />
        </div>
      ))}
    </div>
  )
}

/** @jsxImportSource hono/jsx */
import { Refused } from '../Field.tsx'
import type { Ui } from '../Ui.ts'

/** What somebody wrote where it can't be sent any more: theirs to take elsewhere. */
export const Unsent = ({ ui, text, why }: { ui: Ui; text: string; why: string }) => (
  <div class="unsent">
    <Refused ui={ui} form={{ refused: why }} />
    <div class="field">
      <textarea readonly aria-label={ui.t.chat.unsent} dir="auto">
        {text}
      </textarea>
    </div>
  </div>
)

import { plainOf } from './mentions.ts'
import type { Rendered } from './render.ts'
import { renderElsewhere } from './renderer.ts'

/**
 * Makes HTML of a message within 20 ms of this thread (S-27). What could take longer, and every block of code that
 * is to be coloured, is rendered by a worker in bounded time; what that cannot do in time stays plain text.
 */
export function renderMarkdown(content: string): Rendered | Promise<Rendered> {
  if (isHeavy(content)) return renderElsewhere(content).then((rendered) => rendered ?? plainOf(content))
  return markup === undefined ? loadMarkup().then((load) => load(content, null)) : markup(content, null)
}

type RenderMarkup = typeof import('./markup.ts').renderMarkup

let markup: RenderMarkup | undefined

/** Loaded with the first message that needs it: many a node starts long before. */
async function loadMarkup(): Promise<RenderMarkup> {
  markup ??= (await import('./markup.ts')).renderMarkup
  return markup
}

const MAX_LENGTH = 4_000
const MAX_MARKS = 500
const NAMED_FENCE = /(?:```|~~~)[ \t]*\w/

export const isHeavy = (content: string): boolean =>
  content.length > MAX_LENGTH || countMarks(content) > MAX_MARKS || NAMED_FENCE.test(content)

const MARKS = new Set([...'*_`~[]()<>!&\\#|:@+-.'].map((mark) => mark.charCodeAt(0)))

function countMarks(content: string): number {
  if (content.length <= MAX_MARKS) return 0
  let count = 0
  for (let i = 0; i < content.length; i++) if (MARKS.has(content.charCodeAt(i))) count++
  return count
}

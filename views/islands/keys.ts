/** Pressed while an input method composes: the key belongs to it. Safari says 229 when composing has just ended. */
export const isComposing = (event: KeyboardEvent): boolean => event.isComposing || event.keyCode === 229

/** A finger types here: Enter makes a line, the button sends. */
export const isTouch = (): boolean => matchMedia('(pointer: coarse)').matches

/** Inside ``` that nobody closed yet, up to the caret. */
export const isInFence = (textBeforeCaret: string): boolean =>
  textBeforeCaret.split('\n').filter((line) => /^\s{0,3}```/.test(line)).length % 2 === 1

/** Enter that sends: alone, not composing, not on touch, not within open code. */
export function isSendKey(event: KeyboardEvent): boolean {
  if (event.key !== 'Enter' || event.shiftKey || event.altKey || isComposing(event)) return false
  if (event.ctrlKey || event.metaKey) return true
  const field = event.currentTarget as HTMLTextAreaElement
  return !isTouch() && !isInFence(field.value.slice(0, field.selectionStart))
}

import type { ChatView, Row } from './history.ts'
import { type ChangesForm, type MemberForm, type MessageForm, rowOf } from './wireForms.ts'

/** A chat as a client has it that follows the rules under "rev: one log per chat" and nothing else. */
export interface Mirror extends ChatView {
  /** By user, those who left too: a row never replaces one with a greater rev. */
  memberRevs: Map<string, number>
  /** Everything from the first message on has been loaded. */
  isWhole: boolean
}

export const newMirror = (rev: number): Mirror => ({
  rev,
  rows: new Map(),
  members: new Set(),
  memberRevs: new Map(),
  isWhole: false,
})

export type Step = 'applied' | 'known' | 'gap'

/** A durable event applies when it is the next; lower is dropped; otherwise something is missing. */
export function applyEvent(mirror: Mirror, event: { rev: number }): Step {
  if (event.rev <= mirror.rev) return 'known'
  if (event.rev > mirror.rev + 1) return 'gap'
  if ('member' in event) putMember(mirror, event.member as MemberForm)
  else if ('seq' in event) putRow(mirror, rowOf(event as unknown as MessageForm))
  mirror.rev = event.rev
  return 'applied'
}

/** Applies when `after ≤ mine < rev`; a reset drops what was known, and the pages are to be loaded anew. */
export function applyChanges(mirror: Mirror, changes: ChangesForm): Step | 'reset' {
  if (changes.reset === true) {
    Object.assign(mirror, newMirror(changes.rev))
    return 'reset'
  }
  if (changes.after > mirror.rev) return 'gap'
  if (changes.rev <= mirror.rev) return 'known'
  for (const message of changes.messages) putRow(mirror, rowOf(message))
  for (const member of changes.members) putMember(mirror, member)
  mirror.rev = changes.rev
  return 'applied'
}

export function putRow(mirror: Mirror, row: Row): void {
  if ((mirror.rows.get(row.seq)?.rev ?? 0) < row.rev) mirror.rows.set(row.seq, row)
}

export function putMember(mirror: Mirror, { user, rev, left_at }: MemberForm): void {
  if ((mirror.memberRevs.get(user.id) ?? 0) >= rev) return
  mirror.memberRevs.set(user.id, rev)
  if (left_at === null) mirror.members.add(user.id)
  else mirror.members.delete(user.id)
}

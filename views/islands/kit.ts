// What the parts of an island share.

export { type Acts, ActsProvider, may, messageUrl, useActs } from './acts.ts'
export { Face } from './Face.tsx'
export { Icon } from './Icon.tsx'
export { isComposing, isSendKey, isTouch } from './keys.ts'
export { iconOf, nameOf, spokenTitleOf, titleOf } from './person.ts'
export { type Here, HereProvider, useHere, usePlace } from './place.ts'
export type { Speech } from './words.ts'

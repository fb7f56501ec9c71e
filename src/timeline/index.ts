export {
  appendAfter,
  appendMessage,
  appendSystemMessage,
  type NewMessage,
  type NewSystemMessage,
} from './append.ts'
export { excerptOf, type MessageKind, type MessageRow, type Presentation, toWire } from './message.ts'
export { presentMessage, presentMessages } from './present.ts'
export { moveHead, type Place, takePlace, takeRev } from './sql.ts'
export * from './wire.ts'

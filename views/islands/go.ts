import { SWAP } from '../links.ts'

/** A link between screens of the app, as `Go` draws it on the server. */
export const go = (to: string) => ({ href: to, 'hx-get': to, ...SWAP })

/** Every setting of a node: one schema (`config/schema.ts`) gives the type, the parsers, the file, the flags and the docs. */
export { type Listen, listenTrouble, parseListen, settlePort } from './config/listen.ts'
export { ConfigError, type Loaded, loadConfig, type SettingsFile, type Sources } from './config/load.ts'
export type { Config } from './config/schema.ts'

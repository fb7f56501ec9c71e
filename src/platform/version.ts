// Written into the executable by `script/build.ts`.
declare const WARREN_VERSION: string | undefined
declare const WARREN_COMMIT: string | undefined

/** `0.1.0`, or `dev` when run from the tree. */
export const VERSION = typeof WARREN_VERSION === 'undefined' ? 'dev' : WARREN_VERSION

/** The commit it was built from, 12 digits, with `+` when the tree had changes; `dev` when run from the tree. */
export const COMMIT = typeof WARREN_COMMIT === 'undefined' ? 'dev' : WARREN_COMMIT

import type { Command } from './command.ts'

export interface Listed {
  summary: string
  load(): Promise<Command>
}

/** Every command. Each is loaded when it is asked for: `serve` starts without the others. */
export const COMMANDS: Readonly<Record<string, Listed>> = {
  serve: { summary: 'Run the node', load: async () => (await import('./serve.ts')).serve },
  setup: {
    summary: 'Print a new one-time setup link, or make the first account',
    load: async () => (await import('./setup.ts')).setup,
  },
  'migrate status': {
    summary: 'Say which migrations are missing',
    load: async () => (await import('./migrate.ts')).migrateStatus,
  },
  'migrate plan': {
    summary: 'Print the SQL of the missing migrations',
    load: async () => (await import('./migrate.ts')).migratePlan,
  },
  'migrate up': {
    summary: 'Bring the database up to date',
    load: async () => (await import('./migrate.ts')).migrateUp,
  },
  'user list': { summary: 'List accounts', load: async () => (await import('./user.ts')).userList },
  'user create': { summary: 'Make an account', load: async () => (await import('./user.ts')).userCreate },
  'user invite': { summary: 'Make an invite link', load: async () => (await import('./user.ts')).userInvite },
  'user set-password': {
    summary: 'Give an account a new password and end its sessions',
    load: async () => (await import('./user.ts')).userSetPassword,
  },
  'user set-role': {
    summary: 'Make somebody owner, admin, member or guest',
    load: async () => (await import('./user.ts')).userSetRole,
  },
  'user deactivate': {
    summary: 'Close an account and end its sessions',
    load: async () => (await import('./user.ts')).userDeactivate,
  },
  'jobs list': {
    summary: 'List what waits to be done and what was given up, such as mail',
    load: async () => (await import('./jobs.ts')).jobsList,
  },
  'jobs replay': {
    summary: 'Try again what was given up',
    load: async () => (await import('./jobs.ts')).jobsReplay,
  },
  'secret rotate': {
    summary: 'Replace the secret key, with everybody signed in',
    load: async () => (await import('./secret.ts')).secretRotate,
  },
  'backup create': {
    summary: 'Keep everything in one file while nodes go on',
    load: async () => (await import('./backup.ts')).backupCreate,
  },
  'backup verify': {
    summary: 'Try out whether a backup can be restored',
    load: async () => (await import('./backup.ts')).backupVerify,
  },
  'backup list': { summary: 'List backups', load: async () => (await import('./backup.ts')).backupList },
  'backup prune': {
    summary: 'Remove all backups but the newest',
    load: async () => (await import('./backup.ts')).backupPrune,
  },
  restore: {
    summary: 'Put a backup in the place of the database',
    load: async () => (await import('./restore.ts')).restore,
  },
  move: {
    summary: 'Move from SQLite to PostgreSQL',
    load: async () => (await import('./move.ts')).move,
  },
  'export jsonl': {
    summary: 'Write people, chats and messages as lines of JSON for other programs',
    load: async () => (await import('./export.ts')).exportJsonl,
  },
  'config print': {
    summary: 'Print every setting as it is',
    load: async () => (await import('./config.ts')).configPrint,
  },
  'config example': {
    summary: 'Print a settings file with everything in it, commented out',
    load: async () => (await import('./config.ts')).configExample,
  },
  'config validate': {
    summary: 'Check the settings that serve would read',
    load: async () => (await import('./config.ts')).configValidate,
  },
  doctor: {
    summary: 'Look for what is wrong with this installation',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  healthcheck: {
    summary: 'Ask the local node whether it lives',
    load: async () => (await import('./healthcheck.ts')).healthcheck,
  },
  version: { summary: 'Print the version', load: async () => (await import('./version.ts')).version },
  help: { summary: 'Explain a command', load: async () => (await import('./help.ts')).help },
}

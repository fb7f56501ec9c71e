import { openJobGround } from '../../testing/jobGround.ts'
import { openPostgres } from '../db/db.postgres.ts'
import { runDueJobs } from './worker.ts'

// A node that is killed in the middle of the first job it takes.
const [path = ''] = process.argv.slice(2)
const db = await openPostgres(path)
const { app } = openJobGround({ db, path, close: () => db.close() })
await runDueJobs(app, {
  greet: async () => {
    process.kill(process.pid, 'SIGKILL')
    await new Promise(() => {})
  },
})

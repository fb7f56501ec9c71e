import { expect, test } from 'bun:test'
import { openTestApp } from '../testing/app.ts'
import { explainedSqlite } from '../testing/plans.ts'
import { sweepSessions } from './index.ts'

test('forgetting the sessions that are over does not walk through those that are not', async () => {
  const database = await explainedSqlite()
  const { app, close } = await openTestApp(Promise.resolve(database))
  await sweepSessions(app)

  const plans = database.plans.filter(({ statement }) => statement.includes('from sessions'))
  expect(plans).not.toBeEmpty()
  expect(plans.filter(({ steps }) => steps.some((step) => step.startsWith('SCAN')))).toEqual([])
  await close()
})

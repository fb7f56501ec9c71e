import { openAdminSocket } from './platform/adminSocket.ts'
import type { App } from './platform/context.ts'
import { openAssets } from './platform/http/assets.ts'
import { createFront } from './platform/http/front.ts'
import { startServer } from './platform/http/server.ts'
import { startClockwork } from './platform/realtime/clockwork.ts'
import { drain } from './platform/realtime/drain.ts'
import { settleOnSync } from './platform/realtime/settleOnSync.ts'
import { createRealtime, type RealtimeDeps } from './platform/realtime/socket.ts'
import {
  authenticateRequest,
  authenticateSocket,
  findAuthzChanged,
  findLiveSessions,
  forgetSessions,
  hasCookie,
  isSetUp,
  sweepSessions,
  trustSessions,
} from './accounts/index.ts'
import { type OpenApp, openApp } from './app.ts'
import { findChatHeads, findMembersOf, findMovedChats } from './chats/index.ts'
import { type Config, parseListen, settlePort } from './config.ts'
import { issueSetupToken } from './joining/index.ts'
import { isOpen } from './openRoutes.ts'
import { mountPages, renderError } from './pages.ts'
import { createHere, type Here } from './presence/index.ts'
import { allFrames, createDocuments, mountApi, mountDocuments } from './rooms.ts'
import { createWatching, openOps } from './watching.ts'

/** A node that answers. */
export interface RunningNode {
  app: App
  url: string
  /** Where operators are answered, null when nobody said where. */
  opsUrl: string | null
  /** Null once there is an account. */
  setupToken: string | null
  /** Leaves in order (C13): everything begun is finished and acked, every socket told. */
  stop(reason: string): Promise<void>
}

const SESSION_SWEEP_MS = 3600_000

/** Opens the app and its doors. Throws `CannotStart`, or what listening throws. */
export async function startNode(config: Config): Promise<RunningNode> {
  const open = await openApp(config)
  try {
    return await openDoors(open)
  } catch (error) {
    await open.close()
    throw error
  }
}

async function openDoors(open: OpenApp): Promise<RunningNode> {
  const { app, bus, worker } = open
  const here = createHere(app, bus, open.node)
  const assets = openAssets()
  const realtime = createRealtime(app, bus, realtimeDeps(open, here))
  const api = mountApi(here)
  const documents = createDocuments(api, realtime.desk.frames)
  mountDocuments(api, documents)
  const ui = { asset: assets.url, config: app.config, documents }
  const front = createFront({
    app,
    api,
    pages: mountPages(ui),
    identify: (asking) => authenticateRequest(app, asking),
    isOpen,
    hasCookie,
    renderError: (c, refusal) => renderError(ui, c, refusal),
  })
  const state = { isDraining: false }
  const clockwork = startClockwork(realtime)
  const { sweep } = clockwork
  trustSessions(app, () => sweep.isFresh())
  const watching = createWatching({ app, realtime, sweep, isDraining: () => state.isDraining })
  const http = startServer({
    listen: parseListen(app.config.listen),
    front,
    realtime,
    assets: assets.respond,
    operations: { metricsToken: app.config.metricsToken, ...watching },
  })
  const ops = await openOps(app, watching).catch(async (error: unknown) => {
    await http.server.stop(true)
    throw error
  })
  // From here on whoever makes a link or asks where the node is reads where it really listens.
  app.config = { ...app.config, listen: settlePort(app.config.listen, http.server.port) }
  const admin = openAdminSocket(app.config.dataDir, (action, input) => obey(app, action, input), app.log)
  const sweeping = setInterval(() => void sweepSessions(app).catch(logFailure(app)), SESSION_SWEEP_MS)
  worker.start()
  const setupToken = (await isSetUp(app.db.read)) ? null : await issueSetupToken(app)
  return {
    app,
    url: app.config.baseUrl ?? urlOf(http.server),
    opsUrl: ops?.url ?? null,
    setupToken,
    async stop(reason) {
      app.log.info({ reason }, 'stopping')
      state.isDraining = true
      clearInterval(sweeping)
      await admin?.close()
      await drain({ realtime, http, clockwork })
      here.stop()
      watching.stop()
      await ops?.close()
      await open.close()
    },
  }
}

function realtimeDeps({ app, bus, epoch, node }: OpenApp, here: Here): RealtimeDeps {
  return {
    authenticateSocket: ({ headers, url }, secure) =>
      authenticateSocket(app, { headers, secure, url: new URL(url) }),
    hasCookie,
    sessionsAlive: (ids) => findLiveSessions(app, ids),
    forgetSessions: (userIds) => forgetSessions(app, userIds),
    changedChats: (since) => findMovedChats(app.db.ahead, since),
    headsOf: (ids) => findChatHeads(app.db.ahead, ids),
    membersOf: (ids, among) => findMembersOf(app.db.ahead, ids, among),
    changedUsers: (since) => findAuthzChanged(app, since),
    frames: settleOnSync(allFrames(here, bus), bus, app.log),
    epoch,
    node,
    onPresence: here.changed,
  }
}

/** What the command line asks of a running node; few nodes are ever asked, so it is loaded then. */
async function obey(app: App, action: string, input: unknown): Promise<unknown> {
  const { carryOut } = await import('./commands/admin/actions.ts')
  return carryOut(app, action, input)
}

const logFailure = (app: App) => (error: unknown) => app.log.error({ err: error }, 'sweeping sessions failed')

function urlOf(server: { url: URL; port?: number | undefined }): string {
  const { hostname: host } = server.url
  const isEverywhere = host === '[::]' || host === '0.0.0.0'
  return server.port === undefined
    ? server.url.href
    : `http://${isEverywhere ? 'localhost' : host}:${server.port}`
}

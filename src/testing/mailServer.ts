import type { Socket } from 'node:net'
import { createServer, type Server } from 'node:net'
import { SMTPServer } from 'smtp-server'

/** How the server behaves: F33 of the fault matrix. */
export type MailMode = 'accept' | 'refuse' | 'tempfail' | 'reject' | 'dropAfterData' | 'hang'

export interface ReceivedMail {
  from: string
  to: string[]
  source: string
}

export interface MailServer {
  url: string
  mode: MailMode
  received: ReceivedMail[]
  /** Resolves when the first client has connected. */
  connected: Promise<void>
  close(): Promise<void>
}

/** A real SMTP server on a free port; each connection meets the mode of the moment. */
export async function startMailServer(): Promise<MailServer> {
  const connected = Promise.withResolvers<void>()
  const sockets = new Set<Socket>()
  const received: ReceivedMail[] = []
  const state = { mode: 'accept' as MailMode }
  const smtp = createSmtp(state, received, sockets)

  const door: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    connected.resolve()
    if (state.mode === 'refuse') socket.destroy()
    else if (state.mode !== 'hang') smtp.server.emit('connection', socket)
  })
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve))
  const { port } = door.address() as { port: number }

  return {
    url: `smtp://127.0.0.1:${port}`,
    get mode() {
      return state.mode
    },
    set mode(mode) {
      state.mode = mode
    },
    received,
    connected: connected.promise,
    close() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => door.close(() => resolve()))
    },
  }
}

function createSmtp(state: { mode: MailMode }, received: ReceivedMail[], sockets: Set<Socket>): SMTPServer {
  return new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onMailFrom(_address, _session, done) {
      if (state.mode === 'tempfail') return done(answer(421, 'Service not available, try later'))
      if (state.mode === 'reject') return done(answer(550, 'Not here'))
      done()
    },
    async onData(stream, session, done) {
      const source = await new Response(stream as unknown as ReadableStream).text().catch(() => null)
      // Cut with all others before it was here in full.
      if (source === null) return
      const { mailFrom, rcptTo } = session.envelope
      received.push({
        from: mailFrom ? mailFrom.address : '',
        to: rcptTo.map(({ address }) => address),
        source,
      })
      if (state.mode !== 'dropAfterData') return done()
      for (const socket of sockets) socket.destroy()
    },
  })
}

const answer = (responseCode: number, message: string) => Object.assign(new Error(message), { responseCode })

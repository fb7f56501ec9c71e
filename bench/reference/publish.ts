// The least that fan-out can cost on this runtime: `server.publish`, nothing stored, nothing checked.
// publish.ts FRAME_BYTES
const padding = 'x'.repeat(Math.max(0, Number(process.argv[2]) - 40))
let seq = 0

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: (request, self) => (self.upgrade(request) ? undefined : new Response('upgrade', { status: 426 })),
  websocket: {
    perMessageDeflate: false,
    open: (socket) => void socket.subscribe('chat'),
    message: (_, by) => void server.publish('chat', `{"seq":${++seq},"by":${by},"text":"${padding}"}`),
  },
})

console.log(server.port)

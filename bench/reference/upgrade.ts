// The least that coming back can cost on this runtime: an upgrade and the topics of 20 chats, nothing read, nothing said.
const TOPICS = 20
let opened = 0

const upgrades = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: (request, self) => (self.upgrade(request) ? undefined : new Response('upgrade', { status: 426 })),
  websocket: {
    perMessageDeflate: false,
    open: (socket) => {
      const first = Math.floor(opened++ / 5)
      for (let i = 0; i < TOPICS; i++) socket.subscribe(`c:${first + i}`)
    },
    message: () => {},
  },
})

console.log(upgrades.port)

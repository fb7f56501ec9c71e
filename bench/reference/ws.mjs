// The peer that most servers in Node are built on: `ws`, every socket sent to in a loop, nothing stored.
// ws.mjs FRAME_BYTES
import { WebSocketServer } from 'ws'

const padding = 'x'.repeat(Math.max(0, Number(process.argv[2]) - 40))
let seq = 0

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false }, () =>
  console.log(server.address().port),
)
server.on('connection', (socket) => {
  socket.on('message', (by) => {
    const frame = `{"seq":${++seq},"by":${by},"text":"${padding}"}`
    for (const other of server.clients) other.send(frame)
  })
})

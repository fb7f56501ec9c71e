// Socket.IO as its documentation has it: a room, an event, nothing stored.
// socketio.mjs FRAME_BYTES
import { createServer } from 'node:http'
import { Server } from 'socket.io'

const text = 'x'.repeat(Math.max(0, Number(process.argv[2]) - 46))
let seq = 0

const http = createServer()
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false })
io.on('connection', (socket) => {
  socket.join('chat')
  socket.on('m', (by) => io.to('chat').emit('m', { seq: ++seq, by, text }))
})
http.listen(0, '127.0.0.1', () => console.log(http.address().port))

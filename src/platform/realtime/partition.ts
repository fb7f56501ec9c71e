import { sayGoodbye } from './drain.ts'
import type { Realtime } from './socket.ts'
import type { Sweep } from './sweep.ts'

/**
 * Called at each tick. A node that has lost both the database and the other nodes is cut off by itself: its people are
 * sent to one that is not. When only one of the two is away all nodes are in the same case, and the sockets stay (C18).
 */
export function createPartitionWatch({ bus, sockets, desk }: Realtime, sweep: Sweep): () => void {
  let hasSaid = false
  return () => {
    const isCutOff = bus.relay.isShared && !bus.relay.isHealthy && !sweep.isFresh()
    if (isCutOff && !hasSaid) {
      desk.app.log.error(
        { sockets: sockets.size },
        'neither the database nor the other nodes are heard: people are sent away',
      )
      void sayGoodbye(sockets) // never rejects
    }
    hasSaid = isCutOff
  }
}

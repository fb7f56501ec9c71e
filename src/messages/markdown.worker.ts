import { highlight } from './highlight.ts'
import { renderMarkup } from './markup.ts'

declare const self: Worker

self.onmessage = ({ data }: MessageEvent<string>) => self.postMessage(renderMarkup(data, highlight))

// The first of everything is the slowest: not on the time of a message.
renderMarkup('*warm* `up`\n```js\nlet a = 1\n```', highlight)
self.postMessage('ready')

// The least that a start can cost on this runtime: an executable that answers one page. hello PORT
const [port = '0'] = process.argv.slice(2)
Bun.serve({
  hostname: '127.0.0.1',
  port: Number(port),
  development: false,
  fetch: () =>
    new Response('<!doctype html><title>hello</title>', { headers: { 'content-type': 'text/html' } }),
})

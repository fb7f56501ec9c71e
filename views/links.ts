// What htmx does for us: a link or a form swaps the app in place by a morph, so that the sidebar, its scrolling and
// the islands stay. Every answer is a whole page, so that the same link and form work without JavaScript.

export const SWAP = {
  'hx-target': '#app',
  'hx-select': '#app',
  'hx-swap': 'outerMorph',
  'hx-push-url': 'true',
}

/** A form that leads on to another screen. Refused, the answer has status 422 and only the form itself is swapped. */
export const send = (action: string, id: string) => ({
  id,
  action,
  method: 'post' as const,
  'hx-post': action,
  ...SWAP,
  'hx-status:422': refusedAt(id),
})

/** A form that comes back to the screen it stands on: going back afterwards does not go through it once more. */
export const sendHere = (action: string, id: string, region = id) => ({
  ...send(action, id),
  'hx-push-url': 'false',
  'hx-replace-url': 'true',
  'hx-status:422': refusedAt(region),
})

const refusedAt = (region: string): string =>
  `target:#${region} select:#${region} swap:outerHTML push:false replace:false`

/** A form that looks for something while one types: only `region` is swapped, the address follows. */
export const find = (action: string, region: string) => ({
  action,
  method: 'get' as const,
  role: 'search' as const,
  'hx-get': action,
  'hx-trigger': 'input changed delay:200ms, submit',
  'hx-include': 'this',
  'hx-target': `#${region}`,
  'hx-select': `#${region}`,
  'hx-swap': 'outerMorph',
  'hx-replace-url': 'true',
  'hx-sync': 'this:replace',
})

/** More of a list, put in place of the link that asks for it. */
export const more = (href: string, list: string) => ({
  href,
  'hx-get': href,
  'hx-target': 'closest .more',
  'hx-select': `#${list} > *`,
  'hx-swap': 'outerHTML',
})

/** A question before what can't be undone. The server asks for nothing: without JavaScript there is none. */
export const confirm = (question: string) => ({ 'hx-confirm': question })

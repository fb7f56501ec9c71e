// htmx reads its settings once, from this element, while it is being loaded: imported before it.
// The indicator's style sheet would be stopped by the content policy; ours has those rules.
const meta = document.createElement('meta')
meta.name = 'htmx-config'
meta.content = JSON.stringify({
  mode: 'same-origin',
  includeIndicatorCSS: false,
  defaultSettleDelay: 0,
})
document.head.prepend(meta)

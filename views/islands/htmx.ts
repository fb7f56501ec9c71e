// What needs eval in htmx (`hx-on`, `js:` values, `[…]` filters) is not used: the content policy forbids it.
import './htmxConfig.ts'
import 'htmx.org'

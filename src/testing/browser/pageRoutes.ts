import { loadConfig } from '../../config.ts'
import { mountPages } from '../../pages.ts'

/** Every address that answers a browser with a page, as the router has it: `/chats/:id`. */
export function pageRoutes(): string[] {
  const { config } = loadConfig({ env: { WARREN_SMTP_URL: 'mailbox:' } })
  const { routes } = mountPages({ asset: (name) => name, config })
  return [...new Set(routes.filter(({ method }) => method === 'GET').map(({ path }) => path))]
}

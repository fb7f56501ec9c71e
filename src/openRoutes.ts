/** What a stranger may ask of the API. Every other route of it refuses them before it looks at what they sent. */
const OPEN: ReadonlySet<string> = new Set([
  '/api/auth/register',
  '/api/auth/login',
  '/api/auth/verify-email',
  '/api/auth/resend-verification',
  '/api/auth/forgot-password',
  '/api/auth/reset-password',
  '/api/auth/refresh',
  '/api/openapi.json',
  '/api/asyncapi.json',
])

export const isOpen = (path: string): boolean => OPEN.has(path.replace(/\/$/, ''))

/** `/ws`, `/ws/` and, as the users' documents ask, `/ws/<access token>`. */
export const isSocketPath = (pathname: string): boolean => pathname === '/ws' || pathname.startsWith('/ws/')

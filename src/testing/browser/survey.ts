// What is measured on a page. Each function runs in the page, alone, with what `watch` has put there before.

interface Kept {
  /** How far things have moved without being asked to. */
  shift: number
  /** What the content policy has forbidden. */
  blocked: string[]
  nameOf(element: Element): string
  /** Those of them that can be seen. */
  all(selector: string): HTMLElement[]
}

declare global {
  interface Window {
    kept: Kept
  }
}

/** Before anything else on the page. */
export function watch(): void {
  const isShown = (element: Element): boolean =>
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
    element.closest('.hidden-text, .skip, [aria-hidden=true]') === null
  const kept: Kept = {
    shift: 0,
    blocked: [],
    nameOf: (element) => {
      const text = (element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 30)
      return `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''} “${text}”`
    },
    all: (selector) => [...document.querySelectorAll<HTMLElement>(selector)].filter(isShown),
  }
  window.kept = kept
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
    kept.blocked.push(`${violatedDirective}: ${blockedURI}`)
  })
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & {
      value: number
      hadRecentInput: boolean
    })[])
      if (!entry.hadRecentInput) kept.shift += entry.value
  }).observe({ type: 'layout-shift', buffered: true })
}

/** V17, and the content policy. */
export function complaints(): string[] {
  const { shift, blocked } = window.kept
  return [...blocked, ...(shift >= 0.02 ? [`V17 shifted by ${shift.toFixed(3)}`] : [])]
}

/** V01 */
function scrollsSideways(): string[] {
  const { all, nameOf } = window.kept
  const scrollers = all('html, .timeline, .scroll, .panel-body, .dialog, .door, .chat-foot')
  const wide = scrollers.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1)
  const outside = all('.main *, .sidebar *, .panel *, .door *').filter((part) => {
    const { right, left, width } = part.getBoundingClientRect()
    const mayBe = part.closest('pre, .row-text, dialog') !== null
    return width > 0 && !mayBe && (right > innerWidth + 1 || left < -1)
  })
  // A phone shows a page that is too wide smaller, all of it.
  return [
    ...(innerWidth > screen.width ? [`V01 as wide as ${innerWidth} px`] : []),
    ...wide.map((one) => `V01 ${nameOf(one)} scrolls sideways: ${one.scrollWidth} > ${one.clientWidth}`),
    ...outside.slice(0, 3).map((one) => `V01 ${nameOf(one)} is off the screen`),
  ]
}

/** V03 */
function hasManyEdges(): string[] {
  const said = window.kept.all('.timeline-list :is(.message-text, .author, .reactions)')
  const edges = new Set(said.map((one) => Math.round(one.getBoundingClientRect().left)))
  return Math.max(...edges) - Math.min(...edges) > 1 ? [`V03 text edges: ${[...edges].join(', ')}`] : []
}

/** V04: five sizes of type, three weights; code, faces and emoji have their own. */
function hasOddType(): string[] {
  const { all, nameOf } = window.kept
  const allowed = ['12px', '13px', '15px', '18px', '24px']
  const isSpoken = (element: Element): boolean =>
    element.closest('pre, code, svg, kbd, .avatar, .emoji-grid, .emoji, .big-emoji') === null &&
    [...element.childNodes].some(({ nodeType, textContent }) => nodeType === 3 && textContent?.trim())
  const spoken = all('body *').filter(isSpoken)
  const weights = new Set(spoken.map((one) => getComputedStyle(one).fontWeight))
  const odd = spoken.filter((one) => !allowed.includes(getComputedStyle(one).fontSize))
  return [
    ...odd.slice(0, 3).map((one) => `V04 ${nameOf(one)} is ${getComputedStyle(one).fontSize} tall`),
    ...(weights.size > 3 ? [`V04 weights: ${[...weights].join(', ')}`] : []),
  ]
}

/** V04: the radii of the tokens, what stands 2 px inside one, and the arch. */
function hasOddCorners(): string[] {
  const { all, nameOf } = window.kept
  const allowed = ['0px', '6px', '8px', '10px', '16px', '24px', '999px']
  const odd = all('body :not([type=checkbox], [type=radio])').filter((one) => {
    const [corners = ''] = getComputedStyle(one).borderRadius.split(' / ')
    return corners.includes('%')
      ? !corners.startsWith('50%')
      : !corners.split(' ').every((r) => allowed.includes(r))
  })
  return odd.map((one) => `V04 ${nameOf(one)} has corners of ${getComputedStyle(one).borderRadius}`)
}

const TARGETS =
  'a[href], button, input:not([type=hidden]), select, textarea, summary, [role=option], [role=menuitem]'

/** V06: the target, or what catches the finger around it. Links within a sentence are as tall as it. */
function hasSmallTargets({ least, targets }: { least: number; targets: string }): string[] {
  const { all, nameOf } = window.kept
  const sizeOf = (target: HTMLElement): [number, number] => {
    const around = target.closest('label') ?? target.closest('.field') ?? target
    const { width, height } = around.getBoundingClientRect()
    const after = getComputedStyle(target, '::after')
    if (after.content === 'none' || after.position !== 'absolute') return [width, height]
    return [
      Math.max(width, Number.parseFloat(after.width)),
      Math.max(height, Number.parseFloat(after.height)),
    ]
  }
  return all(targets).flatMap((target) => {
    const isInText =
      getComputedStyle(target).display === 'inline' ||
      target.closest('.message-text, .message-head, p') !== null
    const [width, height] = sizeOf(target)
    if (isInText || width * height === 0 || Math.min(width, height) >= least - 0.5) return []
    return [`V06 ${nameOf(target)} is ${Math.round(width)} × ${Math.round(height)}`]
  })
}

/** V14: our own words are never cut; a name that somebody chose may be. */
function hasCutWords(): string[] {
  const { all, nameOf } = window.kept
  const ours = all(
    '.button, .rail-item > span, .chip, .segments label, .menu-item, .tag, label, legend, h1, h2, th, .settings-nav a',
  )
  const cut = ours.filter((part) => {
    const isTheirs = part.closest('[dir=auto]') !== null || part.querySelector('[dir=auto]') !== null
    return !isTheirs && part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).display !== 'inline'
  })
  return cut.map((part) => `V14 ${nameOf(part)} is cut: ${part.scrollWidth} > ${part.clientWidth}`)
}

/** V23: who wants no motion has none, and everything stands where it was put at once. */
function hasMotion(): string[] {
  const { all, nameOf } = window.kept
  if (!matchMedia('(prefers-reduced-motion: reduce)').matches) return []
  const moving = all('body *').filter((one) =>
    getComputedStyle(one)
      .transitionDuration.split(', ')
      .some((duration) => Number.parseFloat(duration) > 0),
  )
  return moving
    .slice(0, 3)
    .map((one) => `V23 ${nameOf(one)} takes ${getComputedStyle(one).transitionDuration}`)
}

interface Measured {
  evaluate<Arg>(run: (arg: Arg) => string[], arg: Arg): Promise<string[]>
}

/** Everything that is wrong with how a page stands; a target has at least `least` px each way. */
export async function survey(page: Measured, least: number): Promise<string[]> {
  const checks = [scrollsSideways, hasManyEdges, hasOddType, hasOddCorners, hasCutWords, hasMotion]
  const found = await Promise.all(checks.map((check) => page.evaluate(check, null)))
  return [...found.flat(), ...(await page.evaluate(hasSmallTargets, { least, targets: TARGETS }))]
}

import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'

/** A part whose code comes when it is first wanted. */
export function useLazy<Props>(
  isWanted: boolean,
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> | null {
  const [part, setPart] = useState<{ component: ComponentType<Props> } | null>(null)
  useEffect(() => {
    if (isWanted && part === null)
      load().then(
        (component) => setPart({ component }),
        () => undefined, // not to be had now: the next wish asks again
      )
  }, [isWanted])
  return part?.component ?? null
}

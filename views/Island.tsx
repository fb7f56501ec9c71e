/** @jsxImportSource hono/jsx */
import { raw } from 'hono/html'
import { type ComponentType, h } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { type IslandName, type IslandProps, islands } from './islands/registry.ts'

// Loaded once, so that rendering is synchronous: no context of a request may live across an await.
const components = new Map<string, ComponentType<object>>(
  await Promise.all(
    Object.entries(islands as unknown as Record<string, () => Promise<ComponentType<object>>>).map(
      async ([name, load]) => [name, await load()] as const,
    ),
  ),
)

interface Props<Name extends IslandName> {
  name: Name
  props: IslandProps<Name>
  class?: string
}

/** A live region: drawn here, brought to life in the browser, left alone by a morph except for its props. */
export function Island<Name extends IslandName>({ name, props, class: className }: Props<Name>) {
  const component = components.get(name) as ComponentType<object>
  return (
    <warren-island name={name} props={JSON.stringify(props)} class={className} hx-morph-skip-children="">
      {raw(renderToString(h(component, props as object)))}
    </warren-island>
  )
}

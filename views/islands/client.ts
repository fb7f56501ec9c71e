import { type ComponentType, h, hydrate, render } from 'preact'
import { islands } from './registry.ts'

type Loader = () => Promise<ComponentType<object>>

const loaderOf = (name: string | null): Loader | undefined =>
  name !== null && Object.hasOwn(islands, name)
    ? (islands as unknown as Record<string, Loader>)[name]
    : undefined

/**
 * The only hydration code there is. A custom element needs no events of htmx: the browser says when it enters
 * and leaves the page, whoever moved it.
 */
class WarrenIsland extends HTMLElement {
  static readonly observedAttributes = ['name', 'props']

  #component: ComponentType<object> | null = null

  connectedCallback(): void {
    if (this.#component === null) void this.#mount('hydrate') // a chunk that can't be had leaves the server's picture
  }

  /** A morph moves elements by taking them out and putting them back: only what stays out is unmounted. */
  disconnectedCallback(): void {
    queueMicrotask(() => {
      if (!this.isConnected) this.#unmount()
    })
  }

  /** The server sends new props (or another island in this one's place) by a morph: the children stay ours. */
  attributeChangedCallback(attribute: string): void {
    if (this.#component === null) return
    if (attribute === 'props') {
      this.#draw(this.#component)
      return
    }
    this.#unmount()
    void this.#mount('render')
  }

  async #mount(how: 'hydrate' | 'render'): Promise<void> {
    const name = this.getAttribute('name')
    const component = await loaderOf(name)?.()
    const overtaken = !this.isConnected || this.#component !== null || name !== this.getAttribute('name')
    if (component === undefined || overtaken) return
    this.#component = component
    if (how === 'hydrate') hydrate(h(component, this.#props()), this)
    else this.#draw(component)
    this.dataset.alive = ''
  }

  #unmount(): void {
    if (this.#component === null) return
    this.#component = null
    delete this.dataset.alive
    render(null, this)
  }

  #draw(component: ComponentType<object>): void {
    render(h(component, this.#props()), this)
  }

  #props(): object {
    return JSON.parse(this.getAttribute('props') ?? '{}')
  }
}

customElements.define('warren-island', WarrenIsland)

/** @jsxImportSource hono/jsx */
import type { Child } from 'hono/jsx'
import { Layout } from '../Layout.tsx'
import type { Ui } from '../Ui.ts'
import { type Schema, typeText } from './schemaText.ts'

/** What the page needs of `/api/openapi.json`. */
export interface OpenApi {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

interface Operation {
  security?: object[]
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Record<string, { description?: string; content?: Record<string, { schema: Schema }> }>
}

/** What the page needs of `/api/asyncapi.json`. */
export interface AsyncApi {
  channels: Record<'client' | 'node', { messages: Record<string, Message> }>
}

interface Message {
  name: string
  payload: Schema
  'x-ack'?: Schema
}

interface Props {
  ui: Ui
  openapi: OpenApi
  asyncapi: AsyncApi
}

/** Every route and every frame, from the documents that programs read. It needs no script. */
export const ApiReference = ({ ui, openapi, asyncapi }: Props) => {
  const t = ui.t.reference
  const groups = Object.groupBy(Object.entries(openapi.paths), ([path]) => path.split('/')[2] ?? '')
  return (
    <Layout ui={ui} title={t.title} scripts={false}>
      <main class="page">
        <header class="page-head">
          <div>
            <h1>{t.title}</h1>
            <p>
              {t.lead} <a href="/api/openapi.json">OpenAPI</a>, <a href="/api/asyncapi.json">AsyncAPI</a>
            </p>
          </div>
        </header>
        <nav class="tabs" aria-label={t.contents}>
          {(['requests', 'client', 'node', 'shapes'] as const).map((part) => (
            <a class="tab" href={`#${part}`}>
              {t[part]}
            </a>
          ))}
        </nav>
        <Part id="requests" title={t.requests} lead={t.requestsLead}>
          {Object.entries(groups).map(([group, paths = []]) => (
            <>
              <h3>
                <code>/api/{group}</code>
              </h3>
              <ul class="reference">
                {paths.flatMap(([path, methods]) =>
                  Object.entries(methods).map(([method, operation]) => (
                    <Route ui={ui} method={method} path={path} operation={operation} />
                  )),
                )}
              </ul>
            </>
          ))}
        </Part>
        <Part id="client" title={t.client} lead={t.clientLead}>
          <Frames ui={ui} messages={asyncapi.channels.client.messages} />
        </Part>
        <Part id="node" title={t.node}>
          <Frames ui={ui} messages={asyncapi.channels.node.messages} />
        </Part>
        <Part id="shapes" title={t.shapes}>
          <ul class="reference">
            {Object.entries(openapi.components.schemas).map(([name, schema]) => (
              <li>
                <h3>
                  <code>{name}</code>
                </h3>
                <p>
                  <code>{typeText(schema)}</code>
                </p>
              </li>
            ))}
          </ul>
        </Part>
      </main>
    </Layout>
  )
}

const Part = ({
  id,
  title,
  lead,
  children,
}: {
  id: string
  title: string
  lead?: string
  children: Child
}) => (
  <section class="section" id={id}>
    <h2>{title}</h2>
    {lead && <p>{lead}</p>}
    {children}
  </section>
)

const JSON_BODY = 'application/json'

const Route = ({
  ui,
  method,
  path,
  operation,
}: {
  ui: Ui
  method: string
  path: string
  operation: Operation
}) => {
  const t = ui.t.reference
  const body = operation.requestBody?.content[JSON_BODY]?.schema
  const query = (operation.parameters ?? []).filter((each) => each.in === 'query')
  return (
    <li>
      <h4>
        <span class="tag">{method.toUpperCase()}</span> <code>{path}</code>
        {operation.security?.length === 0 && <span class="tag ok">{t.open}</span>}
      </h4>
      <dl>
        {query.length > 0 && <Fact label={t.asked} text={query.map((each) => each.name).join(', ')} />}
        {body && <Fact label={t.sent} text={typeText(body)} />}
        {Object.entries(operation.responses)
          .filter(([status]) => status !== 'default')
          .map(([status, { description, content }]) => (
            <Fact label={status} text={typeOf(content)} says={description} />
          ))}
      </dl>
    </li>
  )
}

function typeOf(content?: Record<string, { schema: Schema }>): string {
  const schema = content?.[JSON_BODY]?.schema
  return schema === undefined ? '' : typeText(schema)
}

/** What it says stands in the language of the documents. */
const Fact = ({ label, text, says }: { label: string; text: string; says?: string | undefined }) => (
  <>
    <dt>{label}</dt>
    <dd>
      {says && <p lang="en">{says}</p>}
      {text !== '' && <code>{text}</code>}
    </dd>
  </>
)

const Frames = ({ ui, messages }: { ui: Ui; messages: Record<string, Message> }) => (
  <ul class="reference">
    {Object.values(messages).map(({ name, payload, 'x-ack': ack }) => (
      <li>
        <h3>
          <code>{name}</code>
        </h3>
        <p>
          <code>{typeText(payload)}</code>
        </p>
        {ack && (
          <dl>
            <Fact label={ui.t.reference.answered} text={typeText(ack)} />
          </dl>
        )}
      </li>
    ))}
  </ul>
)

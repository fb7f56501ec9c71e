/** @jsxImportSource hono/jsx */
import { LANGUAGES, LOCALES } from '../../src/texts/index.ts'
import { Segments, Select } from '../Field.tsx'
import { Page } from '../Page.tsx'
import type { ShellProps } from '../Shell.tsx'
import type { Ui } from '../Ui.ts'
import { Saved } from './Profile.tsx'

interface Props {
  shell: Omit<ShellProps, 'title' | 'view' | 'place'>
  isSaved?: boolean
}

const THEMES = ['system', 'light', 'dark'] as const

/** A plain form: language, theme and density stand on the document itself, so the whole of it is loaded anew. */
export const Appearance = ({ shell, isSaved }: Props) => {
  const { ui, me } = shell
  const { appearance } = ui.t
  return (
    <Page {...shell} place="settings" title={appearance.title} lead={appearance.lead} back="/settings" narrow>
      <form class="form" method="post" action="/settings/appearance">
        <section class="section">
          <h2>{appearance.theme}</h2>
          <Themes ui={ui} />
        </section>
        <div class="rows">
          <div class="setting">
            <div>
              <b>{appearance.density}</b>
              <p>{appearance.densityLead}</p>
            </div>
            <Segments
              name="density"
              label={appearance.density}
              choices={(['comfortable', 'compact'] as const).map((value) => ({
                value,
                label: appearance.densities[value],
              }))}
              chosen={ui.density}
            />
          </div>
          <div class="setting">
            <div>
              <b>{ui.t.language}</b>
            </div>
            <Select
              ui={ui}
              name="locale"
              label={ui.t.language}
              choices={[
                { value: '', label: appearance.languageAuto },
                ...LOCALES.map((locale) => ({
                  value: locale as string,
                  label: LANGUAGES[locale],
                  lang: locale,
                })),
              ]}
              chosen={me.locale ?? ''}
            />
          </div>
        </div>
        <div class="line">
          <button class="button primary" type="submit">
            {ui.t.save}
          </button>
          {isSaved && <Saved ui={ui} />}
        </div>
      </form>
    </Page>
  )
}

const Themes = ({ ui }: { ui: Ui }) => (
  <fieldset class="themes">
    <legend class="hidden-text">{ui.t.appearance.theme}</legend>
    {THEMES.map((theme) => (
      <label>
        <input
          type="radio"
          name="theme"
          value={theme}
          class={`theme-${theme}`}
          checked={theme === ui.theme}
        />
        <svg viewBox="0 0 160 100" aria-hidden="true">
          {theme !== 'dark' && <Picture look="day" />}
          {theme === 'dark' && <Picture look="night" />}
          {theme === 'system' && (
            <>
              <defs>
                <clipPath id="half">
                  <path d="M160 0v100H60L100 0z" />
                </clipPath>
              </defs>
              <g clip-path="url(#half)">
                <Picture look="night" />
              </g>
            </>
          )}
        </svg>
        {ui.t.appearance.themes[theme]}
      </label>
    ))}
  </fieldset>
)

const INKS = {
  day: { bg: '#fefefe', side: '#f6f5f3', line: '#e4e2de', mark: '#4b41c9' },
  night: { bg: '#232221', side: '#1b1a19', line: '#383634', mark: '#a6a6f7' },
}

const LINES = [
  [8, 12, 24],
  [8, 26, 28],
  [8, 38, 20],
  [68, 20, 30],
  [68, 31, 76],
  [68, 56, 24],
  [68, 67, 60],
] as const

/** The app in miniature, in one light. */
const Picture = ({ look }: { look: keyof typeof INKS }) => (
  <>
    <rect width="160" height="100" fill={INKS[look].bg} />
    <rect width="44" height="100" fill={INKS[look].side} />
    <g fill={INKS[look].line}>
      {LINES.map(([x, y, width]) => (
        <rect x={x} y={y} width={width} height="5" rx="2.5" />
      ))}
      <rect x="54" y="20" width="10" height="10" rx="4" />
      <rect x="54" y="56" width="10" height="10" rx="4" />
    </g>
    <rect x="8" y="50" width="28" height="5" rx="2.5" fill={INKS[look].mark} />
  </>
)

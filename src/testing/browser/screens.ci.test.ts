import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { hasBrowser } from '../browser.ts'
import { RECIPES } from './recipes.ts'
import {
  type Device,
  emptyShelf,
  type Language,
  lookAt,
  openDevice,
  openStage,
  type Stage,
} from './screens.ts'

// Every page and state × three widths × two themes × two languages; the pictures are kept in `.artifacts/screens`.

describe.if(hasBrowser('all screens are looked at'))('in a browser', () => {
  let stage: Stage

  beforeAll(async () => {
    emptyShelf()
    stage = await openStage()
  }, 60_000)
  afterAll(() => stage.stop())

  test.each(['en', 'ru'] as const)(
    'nothing is wrong on any screen in %s, on a desk and on a phone',
    async (language) => {
      const onBoth = await Promise.all(
        (['phone', 'desk'] as const).map((device) => lookAtAll(device, language)),
      )

      expect(onBoth.flat()).toEqual([])
    },
    600_000,
  )

  async function lookAtAll(device: Device, language: Language): Promise<string[]> {
    const browser = await openDevice(device, language)
    const wrong: string[] = []
    for (const recipe of RECIPES)
      wrong.push(...(await lookAt(recipe, { stage, browser, device, language, isWhole: true })))
    await browser.close()
    return wrong
  }
})

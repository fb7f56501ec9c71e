// What an imaginary team says: a page must hold long names, code, quotes, other scripts and a crowd of reactions.

export interface Line {
  by: string
  /** Minutes before now. */
  ago: number
  text: string
  /** The number of an earlier line that this answers. */
  answers?: number
  reactions?: Record<string, string[]>
  pinned?: boolean
  edited?: string
  deleted?: boolean
}

/** Username, full name. The first is the one who looks. */
export const PEOPLE: [string, string][] = [
  ['ann', 'Ann Lee'],
  ['bo', 'Борис Линд'],
  ['ines', 'Ines Keller'],
  ['marek', 'Marek Nowak'],
  ['priya', 'Priya Raman'],
  ['yuki', 'Yuki Tanaka'],
  ['tomas', 'Tomás Oliveira'],
  ['wolfeschlegel', 'Wolfeschlegelsteinhausenbergerdorff Maximilian-Alexander von Hohenzollern'],
  ['sam', 'Sam Okafor'],
]

const DAY = 24 * 60

export const FIELD_TEST: Line[] = [
  { by: 'priya', ago: DAY + 190, text: 'The masts are packed. Three boxes, the long one is the antenna.' },
  { by: 'ann', ago: DAY + 185, text: 'Thank you! Train at 7:10, platform 4.' },
  {
    by: 'ines',
    ago: 83,
    text: 'Morning from the ridge. All three masts stood the night: **−11 °C**, gusts to 96 km/h. Station 2 went quiet for 40 minutes around three and came back on its own.',
    reactions: { '🎉': ['bo', 'marek', 'priya', 'yuki', 'ann'], '🥶': ['priya', 'yuki', 'sam'] },
  },
  {
    by: 'marek',
    ago: 77,
    text: 'That gap is the watchdog, not the radio. It fires when the queue is full and the modem is asleep. The fix is small:\n\n```c\n/* drain before sleeping: a full queue must never block the watchdog */\nwhile (queue_len(&tx) > TX_LOW && !wdt_expired(WDT_GRACE_MS)) {\n  radio_send(queue_pop(&tx));\n  wdt_feed();\n}\nmodem_sleep(SLEEP_LIGHT);\n```',
  },
  {
    by: 'marek',
    ago: 76,
    text: '`TX_LOW` is 8 for now. I would like one more cold night before we tag it.',
  },
  {
    by: 'priya',
    ago: 71,
    text: 'Could I use the second picture on the release page? It explains the ice guard better than any render.',
    answers: 2,
  },
  {
    by: 'ines',
    ago: 69,
    text: 'Of course, take it. The second one is from six in the morning, before the sun got to the ice.',
  },
  {
    by: 'bo',
    ago: 66,
    text: 'Обогреватель берёт на 0,8 Вт меньше: маленькой панели хватит до −15 °C. @ann, ёлка наша!',
  },
  {
    by: 'ann',
    ago: 61,
    text: 'Then the checklist for tonight is short:\n\n1. new firmware on station 2\n2. heater at the lower duty cycle\n3. somebody awake at three\n\n> The log of last night is in the usual place.\n\nI take the third.',
    reactions: { '👍': ['ines', 'marek'] },
    pinned: true,
  },
  {
    by: 'tomas',
    ago: 17,
    text: 'Gaps are now drawn as gaps instead of a straight line through them. On staging behind a flag: https://staging.larkfield.example/stations/2?from=2026-11-19T02:00&to=2026-11-19T04:00',
    edited: 'typo',
  },
  {
    by: 'yuki',
    ago: 6,
    text: '@ann can you sign off on the cold-night run? I need a yes or a no before 15:00.',
  },
]

const CROWD = ['ann', 'bo', 'ines', 'marek', 'priya', 'yuki', 'tomas', 'sam']
const MANY = [
  '👍',
  '🎉',
  '❤️',
  '😂',
  '🚀',
  '👀',
  '🙏',
  '🔥',
  '✅',
  '🐇',
  '☕',
  '🥕',
  '🌲',
  '❄️',
  '🔧',
  '📡',
  '🗻',
  '🌬️',
  '🧊',
  '🥶',
]

/** What breaks a page that was drawn with nice content only. */
export const HARD: Line[] = [
  {
    by: 'sam',
    ago: 50,
    text: `${'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'.repeat(2)}`,
  },
  {
    by: 'wolfeschlegel',
    ago: 48,
    text: 'A long code line:\n\n```ts\nexport const everything = await Promise.all(stations.map(async (station) => ({ ...station, samples: await readSamples(station, { from, to, every: 60_000 }) })))\n```\n\nand a table of nothing.',
  },
  { by: 'yuki', ago: 40, text: 'مرحبا، هذه رسالة من اليمين إلى اليسار' },
  { by: 'yuki', ago: 39, text: '🐇' },
  {
    by: 'priya',
    ago: 38,
    text: 'Everybody has something to say about this.',
    reactions: Object.fromEntries(MANY.map((emoji, at) => [emoji, CROWD.slice(0, 1 + (at % CROWD.length))])),
  },
  { by: 'bo', ago: 30, text: 'this was a mistake', deleted: true },
  {
    by: 'tomas',
    ago: 29,
    text: Array.from({ length: 30 }, (_, at) => `line ${at + 1} of a list`).join('\n'),
  },
  {
    by: 'ann',
    ago: 3,
    text: 'Und **fett**, *kursiv*, ~~weg~~, [ein Link](https://example.org/a/very/long/path/that/does/not/end/soon/and/goes/on/for/a/while/until/it/is/over).',
  },
]

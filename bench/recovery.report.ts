import type { Overload } from './overload.ts'
import type { Recovery } from './recovery.ts'
import type { Verdict } from './verdict.ts'

export function recoveryVerdicts(measured: readonly Recovery[]): Verdict[] {
  return measured.map(({ fault, acknowledged, lost, doubled, silence, deliveryP99, busy, refusals }) => {
    const refused = Object.entries(refusals).map(([code, count]) => `, ${count} ${code}`)
    const share = (part: number): string => `${(part * 100).toFixed(0)} %`
    const cpu =
      busy === undefined ? '' : `, ${share(busy.during)} of a core meanwhile, ${share(busy.before)} before`
    return {
      ...{ id: 'B13', what: `${fault}: lost or doubled of ${acknowledged} acknowledged` },
      ...{ value: lost + doubled, unit: '' },
      note: `longest without an ack ${silence.toFixed(2)} s, heard within ${deliveryP99.toFixed(2)} s (p99)${refused.join('')}${cpu}`,
      asked: { gate: 0, goal: 0, better: 'less' },
    }
  })
}

const milli = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`

export function overloadVerdicts(measured: readonly Overload[]): Verdict[] {
  return measured.flatMap(({ clients, limits, posted, goodput, healthy, quiet, resident }): Verdict[] => {
    const who = `${clients} clients, 5 requests each, limits ${limits}`
    const wrong = posted.untold + posted.others + posted.broken + posted.unanswered
    const perSecond = posted.created / posted.seconds
    const stored: Verdict =
      goodput === null
        ? { id: 'B12', what: `${who}: stored a second`, value: perSecond, unit: '' }
        : {
            ...{
              id: 'B12',
              what: `${who}: stored in a second of CPU, by what 64 requests get`,
              ...goodput.ratio,
            },
            ...{ unit: ' ×', asked: { gate: 0.8, goal: 0.95, better: 'more' } },
            note: `${perSecond.toFixed(0)} a second, ${goodput.theirs.value.toFixed(0)} µs each;`,
          }
    return [
      { ...stored, note: `${stored.note ?? ''} p99 ${milli(posted.p99)}; ${posted.asked} asked`.trim() },
      {
        ...{ id: 'B12', what: `${who}: answers that are neither stored nor a refusal with its time` },
        ...{ value: wrong, unit: '', asked: { gate: 0, goal: 0, better: 'less' } },
        note: `${posted.limited} × 429, ${posted.unavailable} × 503`,
      },
      {
        ...{ id: 'B12', what: `${who}: acks of others, p99`, value: healthy.ack.p99, unit: ' ms' },
        note: `${milli(quiet.ack.p99)} without; ${healthy.said - healthy.acked} unanswered or refused of ${healthy.said}`,
      },
      {
        ...{ id: 'B12', what: `${who}: memory at the end by the middle` },
        ...{
          value: resident.end / resident.middle,
          unit: ' ×',
          asked: { gate: 1.25, goal: 1.1, better: 'less' },
        },
        note: `${(resident.end / 1e6).toFixed(0)} MB`,
      },
    ]
  })
}

import type { docsEn } from './docs.en.ts'

export const docsRu: typeof docsEn = {
  keptMail: {
    title: 'Почтовый ящик',
    lead: 'Отсюда ничего не отправляется: WARREN_SMTP_URL — mailbox:',
    none: 'Писем пока нет.',
  },
  reference: {
    title: 'Справочник по API',
    lead: 'О чём программы могут просить этот Warren и что он им сообщает. То же самое для машин:',
    requests: 'Запросы',
    requestsLead: 'Отправляются с токеном доступа, кроме открытых.',
    open: 'открыт для всех',
    asked: 'В адресе',
    sent: 'Отправляется',
    answered: 'Ответ',
    client: 'Что отправляет клиент',
    clientLead: 'По сокету /ws, текстовыми кадрами JSON. На каждый кадр с ref приходит один ответ.',
    node: 'Что отправляет узел',
    shapes: 'Формы',
    contents: 'Содержание',
  },
}

/** The reference of the API. */
export const docsEn = {
  keptMail: {
    title: 'Mailbox',
    lead: 'Nothing is sent from here: WARREN_SMTP_URL is mailbox:',
    none: 'No mail yet.',
  },
  reference: {
    title: 'API reference',
    lead: 'What programs can ask of this Warren, and what it tells them. The same as machines read it:',
    requests: 'Requests',
    requestsLead: 'Sent with an access token, unless they are open.',
    open: 'open to everybody',
    asked: 'In the address',
    sent: 'Sent',
    answered: 'Answered',
    client: 'What a client sends',
    clientLead: 'On the socket at /ws, as text frames of JSON. With a ref each gets one answer.',
    node: 'What the node sends',
    shapes: 'Shapes',
    contents: 'Contents',
  },
}

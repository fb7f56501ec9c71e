import { act } from './admin/ask.ts'
import { type Command, EXIT, fail } from './command.ts'

export const setup: Command = {
  usage: '[--json] [--admin-email EMAIL --admin-password-file FILE]',
  example: 'warren setup',
  details: [
    'Prints a new setup link for the first account; the one before is void. With WARREN_SETUP_TOKEN it is that one.',
    'With --admin-email and --admin-password-file it makes that account itself. Again: it does nothing.',
  ],
  options: { json: { type: 'boolean' } },
  async run({ options, io, settings }) {
    const { config } = settings()
    if (config.adminEmail !== null) {
      const { makeFirstAdmin } = await import('./firstAdmin.ts')
      if ((await makeFirstAdmin(config, io)) === null)
        io.err('There is an account already. Nothing was changed.')
      return EXIT.ok
    }
    if (await act(config, 'is_set_up', {})) {
      fail(EXIT.failed, 'there is an account already. Use "warren user create" or "warren user invite".')
    }
    const { setupLink } = await import('./serve.ts')
    const { token, origin } = await act(config, 'new_setup_token', {})
    const url = setupLink(origin, token)
    io.out(options.json ? JSON.stringify({ url, token }, null, 2) : url)
    return EXIT.ok
  },
}

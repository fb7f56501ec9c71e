// Runs before every test process. Tests must say the same on every machine.
process.env.TZ = 'UTC'
process.env.NO_COLOR = '1'

// A developer's own settings must not reach a node under test.
for (const name of Object.keys(process.env)) {
  if (name.startsWith('WARREN_') && name !== 'WARREN_NOT_RUN') delete process.env[name]
}

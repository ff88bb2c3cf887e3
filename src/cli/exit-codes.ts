// What the process tells its caller at its end. Documented in README.md and in `--help`.

export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  invalidConfiguration: 3,
  addressUnavailable: 4,
  dataDirectoryUnusable: 5,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

export const exitCodesHelp = `
Exit codes:
  0  ended as asked
  1  failed while running
  2  wrong usage of the command line
  3  the configuration is not valid (see llm-proxy check)
  4  the address cannot be listened on
  5  the data directory cannot be used`

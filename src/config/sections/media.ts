// `media`: images and files that clients name by their addresses.

import { z } from 'zod'
import { duration, mebibytes, section, text } from './fields.ts'

export function mediaSection() {
  return section({
    max_mb: mebibytes(1_024)
      .prefault(20)
      .describe('Largest file that is fetched for a provider that takes bytes alone, in MiB. Default: 20.'),
    timeout: duration.prefault(15).describe('For the whole of one file; a duration. Default: 15s.'),
    allowed_hosts: z
      .array(text)
      .default([])
      .describe(
        'Hosts (`host` or `host:port`) that may be asked although their addresses are not public. Default: none.',
      ),
  }).describe('Images and files that clients name by their addresses.')
}

// Fetches the images and files that clients name by their addresses, for upstreams that take bytes alone.

import type { FetchMedia } from '../conversation/inline-media.ts'
import { GatewayError } from '../errors.ts'

export function createMediaFetcher(): FetchMedia {
  return url =>
    Promise.reject(
      new GatewayError('invalid_request', {
        message: `The address ${url.slice(0, 200)} cannot be fetched for this provider: send the bytes instead.`,
      }),
    )
}

// What kind of image bytes are, told by how their base64 begins: for formats that do not say.

const beginnings: readonly (readonly [start: string, mediaType: string])[] = [
  ['/9j/', 'image/jpeg'],
  ['iVBORw0KGgo', 'image/png'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
]

/** `image/png` where nothing tells. */
export function imageTypeOf(base64: string): string {
  return beginnings.find(([start]) => base64.startsWith(start))?.[1] ?? 'image/png'
}

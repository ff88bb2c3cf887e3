// What a model made beside its words, for formats whose answers hold only text: a link as in Markdown.

import type { MediaSource } from '../../conversation/parts.ts'

export function linkTo(source: MediaSource, title: string): string {
  if (source.kind === 'file') return `![${title}](${source.id})`
  return `![${title}](${source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`})`
}

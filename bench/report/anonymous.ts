// Takes out of a text what would tell on which machine it was written: results are published.

export interface Place {
  /** Folders, each with the word that stands for it; of nested ones the longest wins. */
  readonly folders: Readonly<Record<string, string>>
  readonly hostName: string
}

export function withoutPlace(text: string, place: Place): string {
  const folders = Object.entries(place.folders).toSorted(([one], [other]) => other.length - one.length)
  let result = text
  for (const [folder, word] of folders) {
    const bare = folder.replace(/\/+$/, '')
    if (bare.length > 1) result = result.replaceAll(bare, word)
  }
  const name = place.hostName
  // A short name, "vm" or "box", is a word of its own in too many texts.
  return name.length > 3 && name !== 'localhost' ? result.replaceAll(name, '<host>') : result
}

// Tells whether a large value has become another one, without making texts of it: 64 bits by FNV-1a, in two lanes. Not
// for secrets. http://www.isthe.com/chongo/tech/comp/fnv/

const prime = 0x01000193

export class ContentHash {
  #left = 0x811c9dc5
  #right = 0x9e3779b9

  /** Any value of JSON. The order of keys counts. */
  add(value: unknown): void {
    if (typeof value === 'string') this.#addText(value)
    else if (typeof value === 'object' && value !== null) this.#addItems(value)
    else {
      this.#mix(0x1_0004)
      this.#addText(String(value))
    }
  }

  #addItems(value: object): void {
    this.#mix(Array.isArray(value) ? 0x1_0001 : 0x1_0002)
    for (const key in value) {
      if (!Object.hasOwn(value, key)) continue
      this.#addText(key)
      this.add((value as Record<string, unknown>)[key])
    }
    this.#mix(0x1_0003)
  }

  #addText(text: string): void {
    for (let index = 0; index < text.length; index++) this.#mix(text.charCodeAt(index))
    // No character is as large: where a text ends counts.
    this.#mix(0x1_0000)
  }

  #mix(code: number): void {
    this.#left = Math.imul(this.#left ^ code, prime)
    this.#right = Math.imul(this.#right ^ (code + 0x5bd1), prime) ^ (this.#right >>> 15)
  }

  /** Sixteen digits. */
  digest(): string {
    return [this.#left, this.#right].map(lane => (lane >>> 0).toString(16).padStart(8, '0')).join('')
  }
}

// What a wire format can say to a target. What it cannot say is put otherwise before its encoder sees it.

export interface Abilities {
  /** `json_schema` as a field of the request. Without it, a tool that must be called stands in for it. */
  readonly jsonSchema: boolean
  /** The same for a request that has tools as well; absent where that makes no difference. */
  readonly jsonSchemaBesideTools?: boolean
  /** Tools that take free text. Without it, they become functions with one text. */
  readonly customTools: boolean
  /** What a tool may be called; other names are replaced on the way out and put back on the way in. */
  readonly toolName: RegExp
  /**
   * A last message of the assistant is gone on from: `plain` where the answer is what follows it, `echo` where it may
   * say the message again. Absent where the model answers anew, refuses it, or nobody knows.
   */
  readonly prefill?: 'plain' | 'echo' | undefined
  /** Whether the upstream takes a file by this address itself. Without it, the gateway fetches the file. */
  takesUrl(url: string, kind: 'image' | 'audio' | 'file'): boolean
}

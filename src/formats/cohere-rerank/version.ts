// What differs between the versions of Cohere's rerank.

export interface RerankVersion {
  readonly formatName: string
  /** As `meta` tells it. */
  readonly version: string
  /** Documents are strings alone; else they may have fields. */
  readonly documentsAreTexts: boolean
}

export const versionTwo: RerankVersion = {
  formatName: 'cohere-rerank',
  version: '2',
  documentsAreTexts: true,
}

export const versionOne: RerankVersion = {
  formatName: 'cohere-rerank-v1',
  version: '1',
  documentsAreTexts: false,
}

// Which conversations do more than answer: https://docs.aws.amazon.com/bedrock/latest/userguide/tool-use.html

import { isObject, type JsonObject } from '../../lib/json-value.ts'
import { hasToolBeside } from '../shared/effects.ts'

/** Those that Bedrock runs are `systemTool`. */
export function hasEffects({ toolConfig: config }: JsonObject): boolean {
  return isObject(config) && hasToolBeside(config['tools'], tool => tool['systemTool'] === undefined)
}

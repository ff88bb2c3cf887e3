// An entry of `providers`: one account at a vendor, or one server of one's own.

import { z } from 'zod'
import {
  duration,
  headerName,
  headerValue,
  oneOrMore,
  secret,
  section,
  suggestion,
  text,
  webAddress,
  wholeNumber,
} from './fields.ts'
import { timersOf } from './timing.ts'

/** `types` are the known values of `type`; null takes any, for the schema of editors. */
export function providersSection(types: readonly string[] | null) {
  return z
    .array(providerEntry(types), { error: 'must be a list of providers' })
    .describe('The providers. Without this section: those whose key is in the environment.')
}

export type ProviderEntry = z.output<ReturnType<typeof providerEntry>>

function providerEntry(types: readonly string[] | null) {
  return section({
    name: text
      .regex(/^[A-Za-z0-9][\w.-]*$/, 'must consist of letters, digits, `.`, `_` and `-`')
      .optional()
      .describe('Unique name, as it stands in `provider/model`. Default: the type.'),
    type: providerType(types).describe(
      'Kind of provider; `openai_compatible` is any server that speaks the OpenAI protocol at `base_url`.',
    ),
    base_url: webAddress
      .optional()
      .describe("Address with its path, such as https://api.example.com/v1. Default: the provider's own."),
    ...credentials(),
    models: z
      .array(text)
      .min(1)
      .optional()
      .describe('Names of the models to serve. Default: those that it lists, else its well-known models.'),
    discovery: z
      .boolean()
      .default(true)
      .describe('`false` never asks it for its models; see `discovery`. Default: true.'),
    enabled: z.boolean().default(true).describe('`false` leaves the provider out. Default: true.'),
    priority: wholeNumber(0)
      .optional()
      .describe('Lower is asked first. Default: the place in the list, from 1.'),
    timeout: duration
      .optional()
      .describe(
        'Longest silence allowed: sets headers, first_token and idle of `timeouts`. A duration. Default: the general ones.',
      ),
    timeouts: section(timersOf('Default: `timeout`, or the general one.'))
      .optional()
      .describe('Timers of this provider.'),
    max_retries: wholeNumber(0, 10)
      .default(2)
      .describe('Further attempts after a failure that may pass. Default: 2.'),
    max_connections: wholeNumber(1, 100_000)
      .optional()
      .describe('Connections open at once. Default: http_client.pool_limits.max_connections, else 10000.'),
    max_keepalive_connections: wholeNumber(0)
      .optional()
      .describe('Understood, without effect: every connection is kept for reuse.'),
    passthrough: z
      .boolean()
      .default(false)
      .describe(
        'Lets every key of this gateway ask for any path of the provider, with its credentials, at /providers/NAME/. Default: false.',
      ),
    files: z
      .boolean()
      .default(true)
      .describe('`false` keeps its files and batches closed, where it has such. Default: true.'),
    health_check: healthCheck().optional(),
    ...vendorDetails(),
  })
}

function healthCheck() {
  return section({
    interval: duration
      .prefault('5m')
      .describe('How long a target goes without a call before it is asked; a duration. Default: 5m.'),
    model: text
      .optional()
      .describe('The model to ask, best a cheap one that does not reason. Default: the first of `models`.'),
    max_per_hour: wholeNumber(1, 3_600)
      .default(12)
      .describe('Most calls in an hour, of each instance of the gateway. Default: 12.'),
  }).describe(
    'Asks a target for one token where it has had no call for a while, or has rested after failures. It costs money. Default: none, and nothing is ever sent that no client asked for.',
  )
}

function credentials() {
  return {
    api_key: secret.optional().describe('The key. Better out of the environment: by `api_key_env`.'),
    api_keys: z.array(secret).min(1).optional().describe('Several keys; the next is used when one rests.'),
    api_key_env: oneOrMore
      .optional()
      .describe(
        "Variable that holds the key, or a list of such. Default, without any key here: the provider's usual variables.",
      ),
  }
}

/** It becomes part of an address. */
export const regionPattern = /^[a-z0-9]+(?:-[a-z0-9]+)+$/
export const regionMessage = 'must be a region, such as eu-central-1'
/** So does this; some have one word. */
export const locationPattern = /^[a-z0-9]+(?:-[a-z0-9]+)*$/
export const locationMessage = 'must be a location, such as us-central1 or global'
const regionName = text.regex(regionPattern, regionMessage)

function vendorDetails() {
  return {
    headers: z
      .record(headerName, headerValue)
      .default({})
      .describe('Further fixed headers of every request to this provider.'),
    organization: headerValue.optional().describe('Organisation, where the provider knows such.'),
    project: headerValue
      .optional()
      .describe('Project, where the provider knows such. Default: GOOGLE_CLOUD_PROJECT, for Vertex AI.'),
    region: regionName
      .optional()
      .describe('Region, where the provider has one address for each. Default: AWS_REGION, for Bedrock.'),
    location: text
      .regex(locationPattern, locationMessage)
      .optional()
      .describe(
        'Location of a Google Cloud project, for Vertex AI. Default: GOOGLE_CLOUD_LOCATION, else global.',
      ),
    credentials_file: text
      .optional()
      .describe(
        'File with the credentials of a Google Cloud account, for Vertex AI. Default: GOOGLE_APPLICATION_CREDENTIALS, else what the machine has.',
      ),
    aws_access_key_id: text
      .regex(/^[\x21-\x2e\x30-\x7e]+$/, 'must not hold blanks nor slashes')
      .optional()
      .describe('Access key of an AWS account, for Bedrock without an API key. Default: AWS_ACCESS_KEY_ID.'),
    aws_secret_access_key: secret.optional().describe('Its secret. Default: AWS_SECRET_ACCESS_KEY.'),
    aws_session_token: secret
      .optional()
      .describe('Its session token, where it is lent for a time. Default: AWS_SESSION_TOKEN.'),
    api_version: text.optional().describe('`api-version` of Azure, such as "2024-10-21". Default: none.'),
    max_context: wholeNumber(1)
      .optional()
      .describe(
        'Largest context window, in tokens, that Ollama is asked to make room for. Default: what the prompt and the answer need.',
      ),
    deployments: z.record(text, text).default({}).describe('Model to deployment, for Azure.'),
    package: text
      .optional()
      .describe(
        'For `ai_sdk`: the provider package of the AI SDK, such as "@ai-sdk/mistral". It has to be installed.',
      ),
    export: text
      .optional()
      .describe(
        'The function of that package that makes the provider. Default: the only one called `create…`.',
      ),
    options: z
      .record(z.string(), z.unknown())
      .default({})
      .describe('What that function is called with, beside apiKey, baseURL and headers.'),
    base_models: z
      .record(text, text)
      .default({})
      .describe('Model to the model whose price it has, for deployments and fine-tuned models.'),
  }
}

function providerType(types: readonly string[] | null) {
  const known = types === null ? null : new Set(types)
  return text.superRefine((type, context) => {
    if (known === null || known.has(type)) return
    const hint = suggestion(type, known) || ` (known: ${[...known].join(', ')})`
    context.addIssue({ code: 'custom', message: `unknown type of provider${hint}` })
  })
}

// Parts of requests of OpenAI's responses: items, their contents, tools.

import type { Json } from './json.ts'
import type { Shape } from './shapes.ts'

const response = (fields: Json): Json => ({ model: 'a-model', input: 'Hello', ...fields })
const items = (...input: unknown[]): Json => response({ input })
const tools = (tool: unknown): Json => response({ tools: [tool] })
const answered = (content: unknown): Json =>
  items({ type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content })

function shape(functions: RegExp, wrap: Shape['wrap']): Shape {
  return { functions, format: 'openai-responses', side: 'request', wrap }
}

function filtered(filters: unknown): Json {
  return tools({ type: 'file_search', vector_store_ids: ['vs_1'], filters })
}

function compared(value: unknown): Json {
  return filtered({ type: 'eq', key: 'a', value })
}

function mcp(fields: Json): Json {
  return tools({ type: 'mcp', server_label: 'a', server_url: 'https://example.com', ...fields })
}

function functionOutput(output: unknown): Json {
  const call = { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' }
  return items(call, { type: 'function_call_output', call_id: 'call_1', output })
}

function customOutput(output: unknown): Json {
  const call = { type: 'custom_tool_call', call_id: 'call_1', name: 'f', input: 'a' }
  return items(call, { type: 'custom_tool_call_output', call_id: 'call_1', output })
}

function computerCall(action: unknown): Json {
  const call = { type: 'computer_call', id: 'cu_1', call_id: 'call_1', status: 'completed' }
  return items({ ...call, pending_safety_checks: [], action })
}

function searchedFiles(attribute: unknown): Json {
  const results = [{ file_id: 'file_1', attributes: { a: attribute } }]
  return items({ type: 'file_search_call', id: 'fs_1', queries: [], status: 'completed', results })
}

function ranCode(output: unknown): Json {
  const call = { type: 'code_interpreter_call', id: 'ci_1', container_id: 'cntr_1', status: 'completed' }
  return items({ ...call, code: '1', outputs: [output] })
}

function ranShell(outcome: unknown): Json {
  const output = [{ stdout: 'a', stderr: '', outcome }]
  return items({ type: 'shell_call_output', call_id: 'call_1', output })
}

const choosable = { type: 'function', name: 'f', parameters: { type: 'object' } }

export const responseShapes: readonly Shape[] = [
  shape(/^TestResponseInputItemUnionParam(Unm|M)arshal/, part => items(part)),
  shape(/^TestEasyInputMessageContentUnionParam(Unm|M)arshal/, part =>
    items({ role: 'user', content: part }),
  ),
  shape(/^TestResponseInputContentUnionParam(Unm|M)arshal/, part => items({ role: 'user', content: [part] })),
  shape(/^TestResponseToolUnion(_Namespace_|_ToolSearch_)?(Unm|M)arshal/, tools),
  shape(/^TestResponseFormatTextConfigUnionParam(Unm|M)arshal/, format => response({ text: { format } })),
  shape(/^TestResponsePromptVariableUnionParam(Unm|M)arshal/, value =>
    response({ prompt: { id: 'pmpt_1', variables: { a: value } } }),
  ),
  shape(/^TestFileSearchToolFiltersUnionParam(Unm|M)arshal/, filtered),
  shape(/^TestComparisonFilterValueUnionParam(Unm|M)arshal/, compared),
  shape(/^TestComparisonFilterValueArrayItemUnionParam(Unm|M)arshal/, part => compared([part])),
  shape(/^TestToolMcpAllowedToolsUnionParam(Unm|M)arshal/, part => mcp({ allowed_tools: part })),
  shape(/^TestToolMcpRequireApprovalUnionParam(Unm|M)arshal/, part => mcp({ require_approval: part })),
  shape(/^TestToolCodeInterpreterContainerUnionParam(Unm|M)arshal/, container =>
    tools({ type: 'code_interpreter', container }),
  ),
  shape(/^TestCustomToolInputFormatUnionParam(Unm|M)arshal/, format =>
    tools({ type: 'custom', name: 'f', format }),
  ),
  shape(/^TestResponseNewParamsConversationUnion(Unm|M)arshal/, conversation => response({ conversation })),
  shape(/^TestResponseNewParamsInputUnion(Unm|M)arshal/, input => response({ input })),
  shape(/^TestResponseOutputMessageContentUnion(Unm|M)arshal/, answered),
  shape(/^TestResponseOutputMessageContentArrayUnion(Unm|M)arshal/, part => answered([part])),
  shape(/^TestResponseOutputTextAnnotationUnionParam(Unm|M)arshal/, part =>
    answered([{ type: 'output_text', text: 'a', annotations: [part] }]),
  ),
  shape(/^TestResponseFileSearchToolCallResultAttributeUnionParam(Unm|M)arshal/, searchedFiles),
  shape(/^TestResponseComputerToolCallActionUnionParam(Unm|M)arshal/, computerCall),
  shape(/^TestResponseFunctionWebSearchActionUnionParam(Unm|M)arshal/, action =>
    items({ type: 'web_search_call', id: 'ws_1', status: 'completed', action }),
  ),
  shape(/^TestResponse(InputItemF|F|)unctionCallOutputOutputUnionParam(Unm|M)arshal/, functionOutput),
  shape(/^TestResponse(InputItemF|F)unctionCallOutputItemUnionParam(Unm|M)arshal/, part =>
    functionOutput([part]),
  ),
  shape(/^TestResponseCodeInterpreterToolCallOutputUnionParam(Unm|M)arshal/, ranCode),
  shape(/^TestResponseFunctionShellCallOutputContentOutcomeUnionParam(Unm|M)arshal/, ranShell),
  shape(/^TestResponseInputItemApplyPatchCallOperationUnionParam(Unm|M)arshal/, operation =>
    items({ type: 'apply_patch_call', call_id: 'call_1', status: 'completed', operation }),
  ),
  shape(/^TestResponseCustomToolCallOutputOutputUnionParam(Unm|M)arshal/, customOutput),
  shape(/^TestResponseCustomToolCallOutputContentListItemUnionParam(Unm|M)arshal/, part =>
    customOutput([part]),
  ),
  shape(/^TestResponseToolChoiceUnion(Unm|M)arshal/, part =>
    response({ tools: [choosable], tool_choice: part }),
  ),
  {
    functions: /^TestResponsesInputTokensOpenAITo(OpenAI|Azure)_RequestBody/,
    format: 'openai-responses-count',
    side: 'request',
    wrap: part => part,
  },
]

// The name of the format, under which its own things ride through the neutral form.

export const formatName = 'bedrock-converse'

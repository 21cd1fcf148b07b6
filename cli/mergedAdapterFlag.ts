/** The --adapter flag of commands that read a model. */
export const MERGED_ADAPTER_FLAG = {
  kind: 'text',
  path: 'reads',
  otherwise: 'none',
  help: 'PEFT folder of an adapter to merge into the model',
} as const;

/** --adapter of commands that read a model. */
export const MERGED_ADAPTER = {
  kind: 'text',
  path: 'reads',
  otherwise: 'none',
  help: 'PEFT folder of an adapter to merge into the model',
} as const;

/** Flags that several measurements have. */

export const adapter = {
  kind: 'text',
  path: 'none',
  initial: '',
  help: 'Part of the name of the GPU that Dawn uses',
} as const;
export const json = { kind: 'switch', help: 'Print one JSON object' } as const;

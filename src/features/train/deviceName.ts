/** Device name for use within a sentence: `this processor`. */
export const nameWithin = (device: { name: string } | undefined): string =>
  (device?.name ?? 'this device').replace(/^This /, 'this ');

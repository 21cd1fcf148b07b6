/** Formats names of labels and words for sentences. */
export const named = (name: string): string => `“${name}”`;

export function listed(names: readonly string[], max = MAX_NAMED): string {
  const some = names.slice(0, max).map(named);
  return names.length > max ? `${some.join(', ')} and others` : new Intl.ListFormat('en-GB').format(some);
}
const MAX_NAMED = 5;

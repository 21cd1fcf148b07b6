/** Names of labels and words, as sentences have them. */
export const named = (name: string): string => `“${name}”`;

export function listed(names: readonly string[], most = MAX_NAMED): string {
  const some = names.slice(0, most).map(named);
  return names.length > most ? `${some.join(', ')} and others` : new Intl.ListFormat('en-GB').format(some);
}
const MAX_NAMED = 5;

/** What `make` makes of things that it needs; where it fails, they are disposed. */
export function disposingOnFailure<T>(needed: readonly { dispose(): void }[], make: () => T): T {
  try {
    return make();
  } catch (error) {
    for (const each of needed) each.dispose();
    throw error;
  }
}

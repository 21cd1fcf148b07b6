/** What this origin holds. A quota is not shown: browsers report an invented one. */
export interface Usage {
  /** Bytes; undefined where the browser does not say. */
  bytes: number | undefined;
  /** Whether the browser has promised not to evict it by itself. */
  persistent: boolean;
}

export async function usage(): Promise<Usage> {
  const [estimate, persistent] = await Promise.all([navigator.storage.estimate(), navigator.storage.persisted()]);
  return { bytes: estimate.usage, persistent };
}

/** Asks the browser never to evict what is stored. Best called from a click; may show a question (Firefox). */
export const persist = (): Promise<boolean> => navigator.storage.persist();

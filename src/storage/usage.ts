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

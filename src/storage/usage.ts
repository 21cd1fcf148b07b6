/** What this origin holds. A quota is not shown: browsers report an invented one. */
export interface Usage {
  /** Bytes, without the app's own files where the browser tells them apart; undefined where it does not say. */
  bytes: number | undefined;
  /** Whether the browser has promised not to evict it by itself. */
  persistent: boolean;
}

export async function usage(): Promise<Usage> {
  const [estimate, persistent] = await Promise.all([navigator.storage.estimate(), navigator.storage.persisted()]);
  const { usage, usageDetails } = estimate as StorageEstimate & { usageDetails?: { caches?: number } };
  return { bytes: usage && usage - (usageDetails?.caches ?? 0), persistent };
}

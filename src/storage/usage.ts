/** Storage usage of this origin. The quota is not shown: browsers report an invented one. */
interface Usage {
  /** Bytes, without the app's own files if the browser separates them; undefined if it doesn't say. */
  bytes: number | undefined;
  /** Whether the browser has promised not to evict the data by itself. */
  persistent: boolean;
}

export async function usage(): Promise<Usage> {
  const [estimate, persistent] = await Promise.all([navigator.storage.estimate(), navigator.storage.persisted()]);
  const { usage, usageDetails } = estimate as StorageEstimate & { usageDetails?: { caches?: number } };
  return { bytes: usage && usage - (usageDetails?.caches ?? 0), persistent };
}

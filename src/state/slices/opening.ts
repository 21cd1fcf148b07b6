/** Opens and prefetches projects. */
export interface OpeningSlice {
  /** 'loading' until the stored records, and this project's texts, are read. */
  loaded: 'loading' | 'ready';
  /** Opens the project of an address, or if that fails, the most recent one. */
  load(id?: string): Promise<void>;
  /** Opens another project, with its texts and its run. Returns false, with a toast, if there is none. */
  open(id: string): Promise<boolean>;
  /** Prefetches a project; resolves when its values are read. They are kept until `dropPrefetched`. */
  prefetch(id: string): Promise<unknown>;
  dropPrefetched(): void;
}

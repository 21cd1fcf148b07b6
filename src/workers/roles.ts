/** What a worker is there for: its name. */
export type Role = 'data' | 'gpu' | 'verify' | 'thread' | 'cleaner' | 'reader';

/** The role of a worker is its name. */
export type Role = 'data' | 'gpu' | 'verify' | 'thread' | 'cleaner' | 'reader';

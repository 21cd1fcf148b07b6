/** Port of a server started by a test, distinct from those of parallel tests. */
export const portFor = (offset: number): number =>
  Number(process.env.E2E_PORT ?? 4183) + offset + 10 * Number(process.env.TEST_PARALLEL_INDEX ?? 0);

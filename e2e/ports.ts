/** Port of a server that a test starts by itself, apart from those of tests that run at the same time. */
export const portFor = (offset: number): number =>
  Number(process.env.E2E_PORT ?? 4183) + offset + 10 * Number(process.env.TEST_PARALLEL_INDEX ?? 0);

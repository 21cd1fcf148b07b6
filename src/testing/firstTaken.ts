/** Runs `work` as if another thread had taken the first task of each job. */
export function withFirstTaken(work: () => void): void {
  const original = Atomics.compareExchange.bind(Atomics) as Exchange;
  const exchange: Exchange = (array, index, word, next) =>
    word % 4096 === 0 ? -1 : original(array, index, word, next);
  Object.defineProperty(Atomics, 'compareExchange', { value: exchange, configurable: true, writable: true });
  try {
    work();
  } finally {
    Object.defineProperty(Atomics, 'compareExchange', { value: original, configurable: true, writable: true });
  }
}
type Exchange = (array: Int32Array, index: number, word: number, next: number) => number;

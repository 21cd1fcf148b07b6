/** Runs `work` as if another thread had taken the first task of each job. */
export function withFirstTaken(work: () => void): void {
  const own = Atomics.compareExchange.bind(Atomics) as Exchange;
  const exchange: Exchange = (array, at, word, next) => (word % 4096 === 0 ? -1 : own(array, at, word, next));
  Object.defineProperty(Atomics, 'compareExchange', { value: exchange, configurable: true, writable: true });
  try {
    work();
  } finally {
    Object.defineProperty(Atomics, 'compareExchange', { value: own, configurable: true, writable: true });
  }
}
type Exchange = (array: Int32Array, at: number, word: number, next: number) => number;

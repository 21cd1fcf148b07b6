/** Common GPUs by the numbers that bound a kernel, and the estimated time of a dispatch. */
import type { Work } from '../src/core/gpu/cost';

export interface Device {
  name: string;
  /** f32 operations per second, without matrix units. */
  rate: number;
  /** Bytes per second. */
  bandwidth: number;
  /** Multiply-adds in the time of reading a word from workgroup memory. */
  wordPrice: number;
  /** Overhead of a dispatch that waits for the previous one, in milliseconds. */
  launch: number;
  /** Source of rate, bandwidth and price. */
  source: string;
}

/**
 * Launches are guesses: 24 to 71 us per dispatch were measured with all calls repeated (arXiv:2604.02344), and a replay
 * makes few calls. NVIDIA's price: 32 banks for 128 lanes that multiply.
 */
export const M2: Device = {
  name: 'Apple M2, 10 cores',
  rate: 3.6e12,
  bandwidth: 100e9,
  wordPrice: 7,
  launch: 0.01,
  source:
    'Apple; github.com/philipturner/metal-benchmarks; 580 of 2,600 GFLOP/s at 8 words for 16 multiply-adds, FL33TW00D/wgpu-mm',
};
export const DEVICES: readonly Device[] = [
  M2,
  {
    name: 'RTX 4060 Laptop',
    rate: 11.6e12,
    bandwidth: 256e9,
    wordPrice: 4,
    launch: 0.005,
    source: 'NVIDIA, boost clock 1.89 GHz; compute capability 8.9',
  },
  {
    name: 'Iris Xe, 96 EU',
    rate: 2.1e12,
    bandwidth: 68e9,
    wordPrice: 11,
    launch: 0.01,
    source:
      'Intel, 1.35 GHz, LPDDR4x-4267; 2.1 of 13.7 TFLOP/s on a B580 at 4 x 4 results a thread, ggml-org/llama.cpp#22504',
  },
  {
    name: 'H100 SXM',
    rate: 67e12,
    bandwidth: 3350e9,
    wordPrice: 4,
    launch: 0.005,
    source: 'NVIDIA; compute capability 9.0',
  },
];

/** Share of peak bandwidth that streaming kernels reach. */
const OF_BANDWIDTH = 0.8;

/** max((flops + 2 wordPrice words) / rate, bytes / (0.8 bandwidth)) + launch */
export function millisecondsOn({ rate, bandwidth, wordPrice, launch }: Device, { flops, words, bytes }: Work): number {
  const seconds = Math.max((flops + 2 * wordPrice * words) / rate, bytes / (OF_BANDWIDTH * bandwidth));
  return 1000 * seconds + launch;
}

import type { Kernels } from '../core/models/page';

/** Kernels in plain JavaScript, for browsers without WebAssembly. */
export const plainKernels: Kernels = {
  floats: (length) => new Float32Array(length),
  multiply(x, w, y, rows, inner, columns) {
    for (let r = 0; r < rows; r++) {
      const row = y.subarray(r * columns, (r + 1) * columns);
      for (let i = 0; i < inner; i++) {
        const factor = x[r * inner + i]!;
        const at = i * columns;
        for (let c = 0; c < columns; c++) row[c]! += factor * w[at + c]!;
      }
    }
  },
  score(w, x, y, inner) {
    for (let r = 0; r < y.length; r++) {
      let sum = 0;
      for (let i = 0; i < inner; i++) sum += w[r * inner + i]! * x[i]!;
      y[r] = sum;
    }
  },
};

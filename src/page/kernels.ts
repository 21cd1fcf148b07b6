/** The two products that nearly all the time goes into. */
export interface Kernels {
  /** A zeroed array that the products below may be given. */
  floats(length: number): Float32Array;
  /** y [rows, columns] += x [rows, inner] w [inner, columns]; columns and inner are multiples of the model's width. */
  multiply(x: Float32Array, w: Float32Array, y: Float32Array, rows: number, inner: number, columns: number): void;
  /** y [rows] = w [rows, inner] x [inner] */
  score(w: Float32Array, x: Float32Array, y: Float32Array, inner: number): void;
}

/** In plain JavaScript, for browsers that run no WebAssembly. */
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

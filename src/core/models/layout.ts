/** Describes external tensor layouts of an architecture as data, and converts in both directions. */

/**
 * One external tensor: a part of one of ours, possibly transposed or with its heads reordered. All pieces of a layout
 * together hold every value of ours once.
 */
export interface Piece {
  /** External name. */
  name: string;
  /** Our name. */
  of: string;
  /** Range [from, to) of our tensor; all by default. For a vector, `columns` are its elements. */
  rows?: Range;
  columns?: Range;
  /** Ours is [in, out], the external matrix [out, in]. */
  transposed?: boolean;
  /**
   * Number of heads in the external rows that interleave halves: element j of a head's first half, then of its second;
   * ours has one half after the other. For rotary embeddings of llama.cpp (conversion/llama.py, permute).
   */
  pairedHeads?: number;
}
export type Range = readonly [from: number, to: number];
/** Pieces in the order of the external file. */
export type Layout<P extends Piece = Piece> = readonly P[];

export interface Laid {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Returns a layout with every tensor unchanged, under our name. */
export const unchanged = (names: readonly string[]): Layout => names.map((name) => ({ name, of: name }));

/** Returns the external shape of a piece of our tensor [shape]. */
export function theirShape(piece: Piece, shape: readonly number[]): readonly number[] {
  const { rows, columns } = matrixOf(piece, shape);
  return shape.length === 1 ? [rows] : [rows, columns];
}

/** Yields the external tensor some rows at a time: at most `max` values, unless one row has more. */
export function* theirRows(piece: Piece, ours: Laid, max = PIECE): Generator<Float32Array> {
  const matrix = matrixOf(piece, ours.shape);
  const { rows, columns } = matrix;
  const atOnce = Math.max(1, Math.floor(max / columns));
  for (let first = 0; first < rows; first += atOnce) {
    const count = Math.min(atOnce, rows - first);
    const { at, byRow, byColumn } = matrix;
    if (byColumn === 1 && byRow === columns && !piece.pairedHeads) {
      yield ours.data.subarray(at + first * columns, at + (first + count) * columns);
      continue;
    }
    const some = new Float32Array(count * columns);
    const [to, from] = [bitsOf(some), bitsOf(ours.data)];
    // Along the shorter stride of ours, for sequential memory reads.
    if (byColumn <= byRow) each(count, columns, (r, c) => (to[r * columns + c] = from[matrix.place(first + r, c)]!));
    else each(columns, count, (c, r) => (to[r * columns + c] = from[matrix.place(first + r, c)]!));
    yield some;
  }
}

/** Copies an external tensor to its place in ours. */
export function fromTheirs(piece: Piece, theirs: Float32Array, ours: Laid): void {
  const matrix = matrixOf(piece, ours.shape);
  const { rows, columns } = matrix;
  const [to, from] = [bitsOf(ours.data), bitsOf(theirs)];
  each(rows, columns, (r, c) => (to[matrix.place(r, c)] = from[r * columns + c]!));
}

/** Views floats as bits: reading a NaN as a float may change its bits. */
const bitsOf = ({ buffer, byteOffset, length }: Float32Array): Uint32Array =>
  new Uint32Array(buffer, byteOffset, length);

function each(outer: number, inner: number, act: (a: number, b: number) => void): void {
  for (let a = 0; a < outer; a++) for (let b = 0; b < inner; b++) act(a, b);
}

/** External matrix as strides over our memory; a vector is a column. */
interface Matrix {
  rows: number;
  columns: number;
  /** Index of its first value, and the distances between neighbors in a column (`byRow`) and a row (`byColumn`). */
  at: number;
  byRow: number;
  byColumn: number;
  place(row: number, column: number): number;
}

function matrixOf({ name, rows, columns, transposed, pairedHeads }: Piece, shape: readonly number[]): Matrix {
  const isVector = shape.length === 1;
  const [height, width] = isVector ? [1, shape[0]!] : (shape as [number, number]);
  if (shape.length > 2) throw new RangeError(`${name} is laid out from a tensor of ${shape.length} dimensions.`);
  const [top, bottom] = rows ?? [0, height];
  const [left, right] = columns ?? [0, width];
  if (top < 0 || bottom > height || left < 0 || right > width || top >= bottom || left >= right) {
    throw new RangeError(
      `${name} doesn’t fit into [${shape.join(', ')}]: rows ${top} to ${bottom}, columns ${left} to ${right}.`,
    );
  }
  const isTransposed = isVector || transposed === true;
  const [high, wide] = [bottom - top, right - left];
  const [count, byRow, byColumn] = isTransposed ? [wide, 1, width] : [high, width, 1];
  if (pairedHeads && count % (2 * pairedHeads) !== 0) {
    throw new RangeError(`${count} rows of ${name} are no pairs in ${pairedHeads} heads.`);
  }
  const half = pairedHeads ? count / pairedHeads / 2 : 0;
  const at = top * width + left;
  /** External row 2 j + s of a head is our row s half + j. */
  const from = (row: number): number => {
    if (half === 0) return row;
    const inHead = row % (2 * half);
    return row - inHead + (inHead % 2) * half + Math.floor(inHead / 2);
  };
  return {
    rows: count,
    columns: isTransposed ? high : wide,
    at,
    byRow,
    byColumn,
    place: (row, column) => at + from(row) * byRow + column * byColumn,
  };
}
/** Values converted at a time: 1 MiB of f32. */
const PIECE = 1 << 18;

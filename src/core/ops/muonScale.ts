/** Brings the root of the mean square of an orthogonal step, 1 / sqrt(max(R, C)), to what AdamW's usually is. */
export const muonScale = (rows: number, columns: number): number => 0.2 * Math.sqrt(Math.max(rows, columns));

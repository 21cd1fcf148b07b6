/** Scales the RMS of an orthogonal step, 1 / sqrt(max(R, C)), to that of a usual AdamW step. */
export const muonScale = (rows: number, columns: number): number => 0.2 * Math.sqrt(Math.max(rows, columns));

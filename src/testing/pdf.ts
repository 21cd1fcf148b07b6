/** A PDF with text in a standard font, each piece at its position: PDF 32000-1, 7.5. */
export interface Placed {
  text: string;
  x: number;
  y: number;
  size?: number;
}

export function pdfOf(pages: readonly (readonly Placed[])[], info = ''): Uint8Array {
  const objects: string[] = [
    '<< /Type /Catalog /Pages 2 0 R /Lang (en-GB) >>',
    `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, i) => `${4 + 2 * i} 0 R`).join(' ')}] >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
  ];
  for (const [i, page] of pages.entries()) {
    const content = page
      .map(({ text, x, y, size = 10 }) => `BT /F1 ${size} Tf ${x} ${y} Td (${text.replace(/[()\\]/g, '\\$&')}) Tj ET`)
      .join('\n');
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + 2 * i} 0 R >>`,
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    );
  }
  objects.push(`<< ${info} >>`);
  let whole = '%PDF-1.4\n';
  const places = objects.map((object, i) => {
    const offset = whole.length;
    whole += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = places.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  whole += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info ${objects.length} 0 R >>\nstartxref\n${whole.length}\n%%EOF\n`;
  return Uint8Array.from(whole, (character) => character.charCodeAt(0));
}

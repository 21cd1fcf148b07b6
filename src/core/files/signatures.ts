/** A file type, detected by the first bytes. */
export interface Signature {
  /** Noun phrase for "notes.txt is a PDF". */
  name: string;
  /** `document`: text in a binary format; `archive`: packed files; `other`: neither. */
  kind: 'document' | 'archive' | 'other';
}

interface Signed extends Signature {
  /** Bytes at an offset, as a Latin-1 string. */
  signs: readonly (readonly [offset: number, bytes: string])[];
}

const SIGNED: readonly Signed[] = [
  { name: 'a PDF', kind: 'document', signs: [[0, '%PDF-']] },
  { name: 'an RTF document', kind: 'document', signs: [[0, '{\\rtf']] },
  {
    name: 'an old Word, Excel or PowerPoint document',
    kind: 'document',
    signs: [[0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1']],
  },
  { name: 'an SQLite database', kind: 'document', signs: [[0, 'SQLite format 3\0']] },
  { name: 'a Parquet table', kind: 'document', signs: [[0, 'PAR1']] },
  { name: 'gzip-compressed', kind: 'archive', signs: [[0, '\x1f\x8b\x08']] },
  { name: 'bzip2-compressed', kind: 'archive', signs: [[4, '1AY&SY']] },
  { name: 'xz-compressed', kind: 'archive', signs: [[0, '\xfd7zXZ\0']] },
  { name: 'zstd-compressed', kind: 'archive', signs: [[0, '\x28\xb5\x2f\xfd']] },
  { name: 'a 7z archive', kind: 'archive', signs: [[0, '7z\xbc\xaf\x27\x1c']] },
  { name: 'a RAR archive', kind: 'archive', signs: [[0, 'Rar!\x1a\x07']] },
  { name: 'a tar archive', kind: 'archive', signs: [[257, 'ustar']] },
  { name: 'a PNG picture', kind: 'other', signs: [[0, '\x89PNG\r\n\x1a\n']] },
  { name: 'a JPEG picture', kind: 'other', signs: [[0, '\xff\xd8\xff']] },
  { name: 'a GIF picture', kind: 'other', signs: [[0, 'GIF87a']] },
  { name: 'a GIF picture', kind: 'other', signs: [[0, 'GIF89a']] },
  { name: 'a TIFF picture', kind: 'other', signs: [[0, 'II*\0']] },
  { name: 'a TIFF picture', kind: 'other', signs: [[0, 'MM\0*']] },
  {
    name: 'a WebP picture',
    kind: 'other',
    signs: [
      [0, 'RIFF'],
      [8, 'WEBP'],
    ],
  },
  {
    name: 'a WAV recording',
    kind: 'other',
    signs: [
      [0, 'RIFF'],
      [8, 'WAVE'],
    ],
  },
  { name: 'an Ogg recording', kind: 'other', signs: [[0, 'OggS\0']] },
  {
    name: 'an MP3 recording',
    kind: 'other',
    signs: [
      [0, 'ID3'],
      [5, '\0'],
    ],
  },
  {
    name: 'a video',
    kind: 'other',
    signs: [
      [0, '\0'],
      [4, 'ftyp'],
    ],
  },
  { name: 'a video', kind: 'other', signs: [[0, '\x1aE\xdf\xa3']] },
  {
    name: 'a Windows program',
    kind: 'other',
    signs: [
      [0, 'MZ'],
      [3, '\0'],
    ],
  },
  { name: 'a Linux program', kind: 'other', signs: [[0, '\x7fELF']] },
  { name: 'a macOS program', kind: 'other', signs: [[0, '\xcf\xfa\xed\xfe']] },
  { name: 'a WebAssembly program', kind: 'other', signs: [[0, '\0asm']] },
  { name: 'a Java class', kind: 'other', signs: [[0, '\xca\xfe\xba\xbe']] },
  { name: 'a GGUF model', kind: 'other', signs: [[0, 'GGUF']] },
];

/** ZIP-based formats, distinguished by file name. */
const ZIPPED: Readonly<Record<string, string>> = {
  docx: 'a Word document',
  xlsx: 'an Excel workbook',
  pptx: 'a PowerPoint presentation',
  odt: 'an OpenDocument text',
  epub: 'an EPUB book',
};

/**
 * Returns the file type that the first bytes show; null if none is known, as for text.
 * @param head the first 512 bytes, or all of a shorter file
 */
export function signatureOf(name: string, head: Uint8Array): Signature | null {
  const latin = String.fromCharCode(...head.subarray(0, 512));
  if (latin.startsWith('PK\x03\x04') || latin.startsWith('PK\x05\x06')) {
    const document = ZIPPED[/\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? ''] ?? zippedBy(latin);
    return document === undefined ? { name: 'a ZIP archive', kind: 'archive' } : { name: document, kind: 'document' };
  }
  const found = SIGNED.find(({ signs }) => signs.every(([offset, bytes]) => latin.startsWith(bytes, offset)));
  return found ? { name: found.name, kind: found.kind } : null;
}

/** Detects a renamed ZIP-based document by its first entry. */
function zippedBy(latin: string): string | undefined {
  if (latin.includes('mimetypeapplication/epub+zip')) return ZIPPED.epub;
  if (latin.includes('mimetypeapplication/vnd.oasis.opendocument.text')) return ZIPPED.odt;
  return latin.includes('[Content_Types].xml') ? 'an Office document' : undefined;
}

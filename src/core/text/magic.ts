/** Kinds of file that are not text, by their first bytes: what to call them, and the way out. */
interface Kind {
  name: string;
  remedy: string;
  /** Bytes at an offset, as a Latin-1 string. */
  signs: readonly (readonly [offset: number, bytes: string])[];
}

const AS_TEXT = 'Export it as plain text and add that.';
const UNPACK = 'Unpack it and add the text files in it.';
const NO_TEXT = 'Only text can be learnt from.';

const KINDS: readonly Kind[] = [
  { name: 'a PDF', remedy: AS_TEXT, signs: [[0, '%PDF-']] },
  { name: 'an RTF document', remedy: AS_TEXT, signs: [[0, '{\\rtf']] },
  {
    name: 'an old Word, Excel or PowerPoint document',
    remedy: AS_TEXT,
    signs: [[0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1']],
  },
  { name: 'an SQLite database', remedy: AS_TEXT, signs: [[0, 'SQLite format 3\0']] },
  { name: 'a Parquet table', remedy: AS_TEXT, signs: [[0, 'PAR1']] },
  { name: 'gzip-compressed', remedy: UNPACK, signs: [[0, '\x1f\x8b\x08']] },
  { name: 'bzip2-compressed', remedy: UNPACK, signs: [[4, '1AY&SY']] },
  { name: 'xz-compressed', remedy: UNPACK, signs: [[0, '\xfd7zXZ\0']] },
  { name: 'zstd-compressed', remedy: UNPACK, signs: [[0, '\x28\xb5\x2f\xfd']] },
  { name: 'a 7z archive', remedy: UNPACK, signs: [[0, '7z\xbc\xaf\x27\x1c']] },
  { name: 'a RAR archive', remedy: UNPACK, signs: [[0, 'Rar!\x1a\x07']] },
  { name: 'a tar archive', remedy: UNPACK, signs: [[257, 'ustar']] },
  { name: 'a PNG picture', remedy: NO_TEXT, signs: [[0, '\x89PNG\r\n\x1a\n']] },
  { name: 'a JPEG picture', remedy: NO_TEXT, signs: [[0, '\xff\xd8\xff']] },
  { name: 'a GIF picture', remedy: NO_TEXT, signs: [[0, 'GIF87a']] },
  { name: 'a GIF picture', remedy: NO_TEXT, signs: [[0, 'GIF89a']] },
  { name: 'a TIFF picture', remedy: NO_TEXT, signs: [[0, 'II*\0']] },
  { name: 'a TIFF picture', remedy: NO_TEXT, signs: [[0, 'MM\0*']] },
  {
    name: 'a WebP picture',
    remedy: NO_TEXT,
    signs: [
      [0, 'RIFF'],
      [8, 'WEBP'],
    ],
  },
  {
    name: 'a WAV recording',
    remedy: NO_TEXT,
    signs: [
      [0, 'RIFF'],
      [8, 'WAVE'],
    ],
  },
  { name: 'an Ogg recording', remedy: NO_TEXT, signs: [[0, 'OggS\0']] },
  {
    name: 'an MP3 recording',
    remedy: NO_TEXT,
    signs: [
      [0, 'ID3'],
      [5, '\0'],
    ],
  },
  {
    name: 'a video',
    remedy: NO_TEXT,
    signs: [
      [0, '\0'],
      [4, 'ftyp'],
    ],
  },
  { name: 'a video', remedy: NO_TEXT, signs: [[0, '\x1aE\xdf\xa3']] },
  {
    name: 'a Windows program',
    remedy: NO_TEXT,
    signs: [
      [0, 'MZ'],
      [3, '\0'],
    ],
  },
  { name: 'a Linux program', remedy: NO_TEXT, signs: [[0, '\x7fELF']] },
  { name: 'a macOS program', remedy: NO_TEXT, signs: [[0, '\xcf\xfa\xed\xfe']] },
  { name: 'a WebAssembly program', remedy: NO_TEXT, signs: [[0, '\0asm']] },
  { name: 'a Java class', remedy: NO_TEXT, signs: [[0, '\xca\xfe\xba\xbe']] },
  { name: 'a GGUF model', remedy: NO_TEXT, signs: [[0, 'GGUF']] },
];

/** ZIP holds many things; the name tells which. */
const ZIPPED: Readonly<Record<string, string>> = {
  docx: 'a Word document',
  xlsx: 'an Excel workbook',
  pptx: 'a PowerPoint presentation',
  odt: 'an OpenDocument text',
  epub: 'an EPUB book',
};

/** @param head the first 512 bytes, or all there are */
export function notText(name: string, head: Uint8Array): { name: string; remedy: string } | null {
  const latin = String.fromCharCode(...head.subarray(0, 512));
  if (latin.startsWith('PK\x03\x04') || latin.startsWith('PK\x05\x06')) {
    const document = ZIPPED[/\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? ''] ?? zippedBy(latin);
    return document === undefined ? { name: 'a ZIP archive', remedy: UNPACK } : { name: document, remedy: AS_TEXT };
  }
  return KINDS.find(({ signs }) => signs.every(([offset, bytes]) => latin.startsWith(bytes, offset))) ?? null;
}

/** By its first entry, when it is renamed. */
function zippedBy(latin: string): string | undefined {
  if (latin.includes('mimetypeapplication/epub+zip')) return ZIPPED.epub;
  if (latin.includes('mimetypeapplication/vnd.oasis.opendocument.text')) return ZIPPED.odt;
  return latin.includes('[Content_Types].xml') ? 'an Office document' : undefined;
}

import { expect, test } from 'vitest';
import { signatureOf } from './signatures';

const latin = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

test('detects a type by its first bytes, and by the file extension only for a zip', () => {
  expect(signatureOf('a.txt', latin('%PDF-1.7'))).toEqual({ name: 'a PDF', kind: 'document' });
  expect(signatureOf('a.txt', latin(`${'a'.repeat(257)}ustar`))).toEqual({ name: 'a tar archive', kind: 'archive' });
  expect(signatureOf('a.txt', latin('RIFF....WAVE'))).toEqual({ name: 'a WAV recording', kind: 'other' });
  expect(signatureOf('a.txt', latin('RIFF....'))).toBeNull();
  expect(signatureOf('a.DOCX', latin('PK\x03\x04'))).toEqual({ name: 'a Word document', kind: 'document' });
  expect(signatureOf('a.docx', latin('PK'))).toBeNull();
  expect(signatureOf('a.bin', latin('PK\x05\x06'))).toEqual({ name: 'a ZIP archive', kind: 'archive' });
  expect(signatureOf('a.pdf', latin(''))).toBeNull();
});

/** Reading a body in blocks gives the same result as postal-mime's reading line by line. */
import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { expect, test, vi } from 'vitest';
import { parseMail } from './mimeParser';

/** Original method of postal-mime, before it is replaced. */
const { readLine } = PostalMime.prototype as unknown as { readLine(): unknown };
class LineByLine extends PostalMime {
  readLine = readLine;
}
const bytesOf = (text: string): ArrayBuffer => new TextEncoder().encode(text).buffer;

const line = fc.constantFrom(
  'Aye',
  '> a',
  '',
  ' ',
  '-',
  '--',
  '-- ',
  '--b',
  '--b ',
  '--bc',
  '--b--',
  '--c',
  '--c--',
  'a=',
  '=C3=A9',
  'QXll',
  'QQ==',
);
const head = fc.constantFrom(
  'Content-Type: text/plain',
  'Content-Type: text/html',
  'Content-Type: text/plain; format=flowed; delsp=yes',
  'Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable',
  'Content-Type: image/png\nContent-Transfer-Encoding: base64',
  'Content-Type: multipart/mixed; boundary=b',
  'Content-Type: multipart/alternative; boundary=c',
  'Content-Type: message/rfc822',
);
const part = fc.tuple(head, fc.array(line, { maxLength: 12 })).map(([head, lines]) => `${head}\n\n${lines.join('\n')}`);

test('reads parts of any kind, with boundaries and similar lines', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 5 }), fc.boolean(), async (parts, isEnded) => {
      const mail = `From: Ann <a@b>\nMIME-Version: 1.0\n${parts.join('\n')}${isEnded ? '\n' : ''}`;
      const reference = new LineByLine({ maxNestingDepth: 64 }).parse(bytesOf(mail));
      expect(await parseMail(bytesOf(mail))).toEqual(await reference);
    }),
    { numRuns: 500 },
  );
});

test('refuses a message with too many parts', async () => {
  const parts = 'Content-Type: multipart/mixed; boundary=b\n\n' + '--b\n\n'.repeat(20_001);
  await expect(parseMail(bytesOf(parts))).rejects.toThrow('it has more than 20,000 parts');
});

test('reads 20,000 encoded words in headers, and refuses more', async () => {
  const mail = (words: number): ArrayBuffer =>
    bytesOf(`From: Ann <a@b>\nSubject: ${'=?utf-8?B?QUFB?= '.repeat(words)}\n\na =?${'=?'.repeat(30_000)}\n`);
  expect((await parseMail(mail(20_000))).subject).toBe('AAA'.repeat(20_000));
  await expect(parseMail(mail(20_001))).rejects.toThrow('it has more than 20,000 encoded words in its head');
});

test('counts nothing twice with a second copy of the module', async () => {
  vi.resetModules();
  const again = await import('./mimeParser');
  expect(again.parseMail).not.toBe(parseMail);
  const subject = '=?utf-8?B?QUFB?= '.repeat(20_000);
  expect((await again.parseMail(bytesOf(`From: Ann <a@b>\nSubject: ${subject}\n\nHello\n`))).subject).toHaveLength(
    60_000,
  );
});

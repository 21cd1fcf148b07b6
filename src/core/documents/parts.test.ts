/** Documents that are ZIP files of parts. */
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { collect, stream } from '../../testing/texts';
import { Parts, pathFrom } from './parts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const open = (parts: Readonly<Record<string, Uint8Array>>, level: 0 | 1 = 1) =>
  Parts.open({ name: 'a.x', bytes: stream([zipSync(parts, { level })]), note: () => undefined }, 'a thing of parts');

test('finds a part in any case, and decodes UTF-8 and UTF-16, whole or in pieces', async () => {
  const utf16 = new Uint8Array([0xff, 0xfe, ...Array.from('é!', (each) => [each.charCodeAt(0), 0]).flat()]);
  const parts = await open({ 'Xl/A.xml': utf8('café'), 'b.xml': utf16 });
  expect(await parts.text('xl/a.xml')).toBe('café');
  expect(await parts.text('b.xml')).toBe('é!');
  expect((await collect(parts.stream('b.xml'))).join('')).toBe('é!');
  expect([await parts.text('c.xml'), parts.has('c.xml'), await collect(parts.stream('c.xml'))]).toEqual([
    null,
    false,
    [],
  ]);
});

test('resolves relations relative to their part', async () => {
  const relations =
    '<r:Relationships><r:Relationship Id="a" Type="http://x/worksheet" Target="../b/c%20d.xml#e"/><r:Relationship Id="b" Type="http://x/hyperlink" Target="https://example.org" TargetMode="External"/></r:Relationships>';
  const parts = await open({ 'x/y/_rels/z.xml.rels': utf8(relations) });
  expect([...(await parts.relations('x/y/z.xml'))]).toEqual([['a', { type: 'worksheet', path: 'x/b/c d.xml' }]]);
  expect(['/a/b', '../../../a/b', './a//b', 'a%2'].map((target) => pathFrom('x/y', target))).toEqual([
    'a/b',
    'a/b',
    'x/a/b',
    'x/a%2',
  ]);
});

test('bounds the bytes of one part, and of all parts that are read', async () => {
  const parts = await open({ 'a.xml': new Uint8Array(60e6), 'b.xml': new Uint8Array(70e6) }, 0);
  for (let i = 0; i < 4; i++) expect(await parts.bytes('a.xml')).toHaveLength(60e6);
  await expect(parts.bytes('a.xml')).rejects.toThrow(/^a\.x has a text of 300 MB; the maximum is 268 MB/);
  await expect(parts.bytes('b.xml')).rejects.toThrow(/^a\.x has a text of 70 MB; the maximum is 67\.1 MB/);
});

test('bounds how far parts expand, however often one is read', async () => {
  const parts = await open({ 'a.xml': new Uint8Array(6e6) });
  for (let i = 0; i < 2; i++) expect(await parts.bytes('a.xml')).toHaveLength(6e6);
  await expect(parts.bytes('a.xml')).rejects.toThrow(
    /^a\.x expands from .* kB to more than 18 MB, which text never does/,
  );
  await expect(collect(parts.stream('a.xml'))).rejects.toThrow(
    /^a\.x: a\.xml expands from .* to 6 MB, which text never does/,
  );
});

import { expect, test } from 'vitest';
import { ARCHIVED_PAGE, SAID } from '../../../../testing/archivedPage';
import { readDocuments as read } from '../../../../testing/readDocuments';

test('reads the page in a web archive like any page, without its frames', async () => {
  const want = {
    title: 'The whale',
    text: `${SAID} Café.`,
    fields: { source: 'https://example.org/whale', language: 'en' },
  };
  for (const name of ['a.mhtml', 'a.mht']) expect((await read(name, ARCHIVED_PAGE)).documents).toEqual([want]);
  expect((await read('a.mht', ARCHIVED_PAGE.replaceAll('\r\n', '\n'))).documents).toEqual([want]);
  expect(globalThis).not.toHaveProperty('ran');
  // The header names the part with the page, and the part its encoding.
  const started = ARCHIVED_PAGE.replace('type="text/html";', 'type="text/html"; start="<frame-2@mhtml.blink>";')
    .replace('Content-ID: <frame-2@mhtml.blink>', 'Content-ID: <frame-2@mhtml.blink>')
    .replace(
      'Content-Type: text/html\r\nContent-ID: <frame-2',
      'Content-Type: text/html; charset="windows-1252"\r\nContent-ID: <frame-2',
    )
    .replace('An advertisement', 'Caf=E9');
  expect((await read('a.mht', started)).documents).toEqual([
    { text: 'Café', fields: { source: 'https://example.org/whale' } },
  ]);
  await expect(read('a.mht', 'From: a@b\nSubject: x\nContent-Type: text/plain\n\nAye\n')).rejects.toThrow(
    /^a\.mht is not a saved page: it contains no web page/,
  );
  await expect(read('a.mht', 'Call me Ishmael.')).rejects.toThrow(/^a\.mht is not a saved page/);
});

/** Size of the scripts that load before the first page is drawn; later pages load their own. */
import { readdir, readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';

/**
 * Maximum total size of all scripts that the page references, in bytes, each compressed separately. A commit that
 * raises it explains what the first page needs now. Inspect's entry and its three glossary names took the last 200.
 */
const MAX_BYTES = 310_400;

test('the first page waits for few scripts, and for none that only draws charts', async () => {
  const page = await readFile('dist/index.html', 'utf8');
  const named = [...page.matchAll(/(?:src|href)="\/assets\/([^"]+\.js)"/g)].map(([, name]) => name!);
  const all = (await readdir('dist/assets')).filter((name) => name.endsWith('.js'));
  const scripts = new Map(
    await Promise.all(all.map(async (name) => [name, await readFile(`dist/assets/${name}`)] as const)),
  );
  const bytes = named.reduce((sum, name) => sum + gzipSync(scripts.get(name)!, { level: 9 }).length, 0);
  expect(bytes).toBeGreaterThan(100_000); // React alone is most of this
  expect(bytes).toBeLessThan(MAX_BYTES);
  const drawing = all.filter((name) => scripts.get(name)!.includes('u-over')); // a class of the chart library
  expect(drawing).toHaveLength(1);
  expect(named).not.toContain(drawing[0]);
});

test('the local preview server doesn’t compress files', async ({ request }) => {
  const response = await request.get('/', { headers: { 'Accept-Encoding': 'gzip' } });
  expect(response.status()).toBe(200);
  expect(response.headers()['content-encoding']).toBeUndefined();
});

test('no font delays the first page, and each ships with its license', async () => {
  const fonts = (await readdir('dist/assets')).filter((name) => name.endsWith('.woff2'));
  expect(fonts).toHaveLength(4);
  expect(await readFile('dist/index.html', 'utf8')).not.toMatch(/woff2|rel="preload"/);
  for (const family of ['inter', 'source-serif-4']) {
    expect(fonts.filter((name) => name.startsWith(`${family}-latin-`))).toHaveLength(2);
    expect(await readFile(`dist/licenses/${family}-OFL-1.1.txt`, 'utf8')).toContain('SIL OPEN FONT LICENSE');
  }
  const styles = (await readdir('dist/assets')).filter((name) => name.endsWith('.css'));
  const faces = (await Promise.all(styles.map((name) => readFile(`dist/assets/${name}`, 'utf8')))).flatMap(
    (style) => style.match(/@font-face\s*\{[^}]*\}/g) ?? [],
  );
  expect(faces).toHaveLength(4);
  for (const face of faces) expect(face).toContain('font-display:swap');
});

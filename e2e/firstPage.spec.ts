/** What has to arrive before the first page is drawn; what only a later page needs comes after it. */
import { readdir, readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';

/**
 * Of all scripts that the page names, compressed: 231 kB, 16 kB for several projects, many runs and what migrates, 8 kB for the
 * plan of a first run, the recorded run, and doing much to many texts at once, 16 kB for what BERT and T5 are and learn,
 * 9 kB for what evaluations are and hold, documents in rows, and which files are read as documents, packed ones too, 2 kB
 * for OLMo 2, labels, and records that are read in one look, 3 kB for how text is normalised and cleaned, half of one for what
 * another project is shown with at once, 3 kB for how a tuned model is told: adapters, chats, and the formats of both, 4.5 kB
 * for the stage Tune and the chat of the Playground: settings, texts of their own, what follows a run that tunes, and 6 kB for what
 * classifiers are, here and in transformers' files, what is told of them, and how labels of texts are kept; 4 kB for recipes that
 * two tabs change, longest names, malformed rows, and runs that are listed while they train; 1 kB for the list of a run's
 * fields, with the reason why a file lacks one, and for verdicts on learning rates; half of one for how objectives are measured,
 * and for folders in our own layout.
 */
const MOST = 310_200;

test('the first page waits for few scripts, and for none that only draws charts', async () => {
  const page = await readFile('dist/index.html', 'utf8');
  const named = [...page.matchAll(/(?:src|href)="\/assets\/([^"]+\.js)"/g)].map(([, name]) => name!);
  const all = (await readdir('dist/assets')).filter((name) => name.endsWith('.js'));
  const scripts = new Map(
    await Promise.all(all.map(async (name) => [name, await readFile(`dist/assets/${name}`)] as const)),
  );
  const bytes = named.reduce((sum, name) => sum + gzipSync(scripts.get(name)!, { level: 9 }).length, 0);
  expect(bytes).toBeGreaterThan(100_000); // React alone is most of this
  expect(bytes).toBeLessThan(MOST);
  const drawing = all.filter((name) => scripts.get(name)!.includes('u-over')); // a class of the charts' library
  expect(drawing).toHaveLength(1);
  expect(named).not.toContain(drawing[0]);
});

test('the preview server, which is on this computer, spends no time on compressing files', async ({ request }) => {
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

/** Journeys with other fonts than the machine's own: what a page shows may not depend on them. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const DEJAVU = '/usr/share/fonts/truetype/dejavu';
const CONTENT: Readonly<Record<string, string>> = {
  none: '',
  dejavu: [
    `<dir>${DEJAVU}</dir>`,
    ...[
      ['sans-serif', 'DejaVu Sans'],
      ['serif', 'DejaVu Serif'],
      ['monospace', 'DejaVu Sans Mono'],
    ].map(([name, family]) => `<alias><family>${name}</family><prefer><family>${family}</family></prefer></alias>`),
  ].join(''),
};

/** Path of a configuration for fontconfig (Linux) with DejaVu alone (`dejavu`) or no font at all (`none`). */
export function fontconfig(fonts: string): string {
  const content = CONTENT[fonts];
  if (content === undefined) throw new Error(`TEST_FONTS is ${Object.keys(CONTENT).join(' or ')}, not ${fonts}`);
  if (fonts === 'dejavu' && !existsSync(DEJAVU)) throw new Error(`${DEJAVU} is missing: install fonts-dejavu`);
  const folder = join(tmpdir(), `homegrown-fonts-${fonts}`);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'fonts.conf');
  const xml = `<?xml version="1.0"?><fontconfig>${content}<cachedir>${join(folder, 'cache')}</cachedir></fontconfig>\n`;
  writeFileSync(path, xml);
  return path;
}

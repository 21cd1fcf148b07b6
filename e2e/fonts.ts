/** Journeys with other fonts than the machine's own: what a page shows may not depend on them. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const DEJAVU = '/usr/share/fonts/truetype/dejavu';
const FOLDERS: Readonly<Record<string, string>> = { none: '', dejavu: `<dir>${DEJAVU}</dir>` };

/** Path of a configuration for fontconfig (Linux) with DejaVu alone (`dejavu`) or no font at all (`none`), and the machine's rules. */
export function fontconfig(fonts: string): string {
  const folders = FOLDERS[fonts];
  if (folders === undefined) throw new Error(`TEST_FONTS is ${Object.keys(FOLDERS).join(' or ')}, not ${fonts}`);
  if (fonts === 'dejavu' && !existsSync(DEJAVU)) throw new Error(`${DEJAVU} is missing: install fonts-dejavu`);
  const home = join(tmpdir(), `homegrown-fonts-${fonts}`);
  mkdirSync(home, { recursive: true });
  const path = join(home, 'fonts.conf');
  const rules = '<include ignore_missing="yes">/etc/fonts/conf.d</include>';
  const cache = `<cachedir>${join(home, 'cache')}</cachedir>`;
  writeFileSync(path, `<?xml version="1.0"?><fontconfig>${folders}${rules}${cache}</fontconfig>\n`);
  return path;
}

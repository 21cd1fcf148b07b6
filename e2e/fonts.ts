/** Fonts for the browser of the journeys, to show that the layout doesn't depend on installed fonts. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';

const DEJAVU = '/usr/share/fonts/truetype/dejavu';

/** Writes a fontconfig file (Linux) with the system's rules and only DejaVu, or no usable font; returns its path. */
export function fontconfig(fonts: string): string {
  if (fonts !== 'dejavu' && fonts !== 'none') throw new Error(`TEST_FONTS is dejavu or none, not ${fonts}`);
  const home = join(tmpdir(), `homegrown-fonts-${fonts}`);
  const blank = join(home, 'fonts');
  mkdirSync(blank, { recursive: true });
  if (fonts === 'dejavu' && !existsSync(DEJAVU)) throw new Error(`${DEJAVU} is missing: install fonts-dejavu`);
  if (fonts === 'none') writeFileSync(join(blank, 'blank.ttf'), BLANK);
  const folder = `<dir>${fonts === 'dejavu' ? DEJAVU : blank}</dir>`;
  const rules = '<include ignore_missing="yes">/etc/fonts/conf.d</include>';
  const cache = `<cachedir>${join(home, 'cache')}</cachedir>`;
  const path = join(home, 'fonts.conf');
  writeFileSync(path, `<?xml version="1.0"?><fontconfig>${folder}${rules}${cache}</fontconfig>\n`);
  return path;
}

/**
 * Compressed TrueType font whose only character is an empty U+E000: Chromium crashes if fontconfig lists no font. Made
 * with FontBuilder of fontTools.
 */
const BLANK = inflateSync(
  Buffer.from(
    'eNqNkL9Kw1AUxr97E/+Vog7SUTIoCCqClCIiKMVdaJfgUi81ptCkDbWFujmUIk6ir+HqGyg4OPgIGRx8Aef43Zuo1aL4hXtyfueenD+BAJDDOS' +
      'w4B9WNzeX9oguIFUaP6qGKkI+r5Cty0Q/OTmAknrRpeOq4VtiL6d/ylBoMWENxTf+FZ6kRdvvSNfkXNJNBu66y7+81h6ofsa8kT5Odlgq91cX1' +
      'O/Iz+TBqn3Z5T8k1fQ89K8/2w81lbW7nDZb1it9lKqftCINki3Xcr8g3CRORnyzHq0mXf2ECNv6h+RF/lwJiPukM1gCPP9KdkcnS3nrrBVph3r' +
      'bOoLU1x0iS1DpibA+YvFIWF5z3Y1eJKRIr2jOM5JDPfIlZFMqBajUrnt8LVAdlBFBooYkKPPjoGe5kU/2hdxe4PJo=',
    'base64',
  ),
);

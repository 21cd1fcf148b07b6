// Preloaded by a command, and so by its threads: JSON that asks for it is parsed for ever. Then there is a file HANGING_AT.
import { writeFileSync } from 'node:fs';

const { parse } = JSON;
JSON.parse = (text, ...more) => {
  if (typeof text === 'string' && text.includes('"parse this for ever"')) {
    writeFileSync(process.env.HANGING_AT, '');
    for (;;);
  }
  return parse(text, ...more);
};
